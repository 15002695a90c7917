/** What stands in for HAProxy in tests: a stats socket that answers as told, and a caller of agents. */
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface StandIn {
  readonly path: string
  /** Every command it was sent. */
  readonly commands: string[]
  /** Connections open at this moment. */
  readonly open: Set<Socket>
  close(): Promise<void>
}

/** A stats socket. `answer` gives the text for a command; `undefined` leaves the connection open without an answer. */
export async function standIn(answer: (command: string, socket: Socket) => string | undefined): Promise<StandIn> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-haproxy-'))
  const path = join(folder, 'stats.sock')
  const commands: string[] = []
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => {})
    socket.setEncoding('utf8')
    let asked = ''
    socket.on('data', (text: string) => {
      asked += text
      if (!asked.endsWith('\n')) return
      const command = asked.slice(0, -1)
      commands.push(command)
      const said = answer(command, socket)
      if (said !== undefined) socket.end(said)
    })
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve))
  return {
    path,
    commands,
    open,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          rmSync(folder, { recursive: true, force: true })
          resolve()
        })
        for (const socket of open) socket.destroy()
      }),
  }
}

/** What an agent says to who connects and sends nothing. */
export function hear(port: number, says = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let heard = ''
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => (heard += text))
    socket.once('end', () => {
      socket.destroy()
      resolve(heard)
    })
    socket.once('error', reject)
    if (says !== '') socket.write(says)
  })
}
