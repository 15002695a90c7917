/**
 * A TCP server that sends each client one line and closes the connection.
 *
 * Clients may be slow, hostile or many: the line is written at once, input is discarded, and a client that sends more than
 * `longest` or stays longer than `linger` is disconnected.
 * Invariant: at most `most` connections are open. One more closes the oldest, which has its line already, so no client can
 * keep HAProxy out.
 */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { Clock } from '../../core/clock.ts'
import { Alarm } from '../../core/timer.ts'

/** Where an agent listens. */
export interface AgentAddress {
  readonly host: string
  readonly port: number
}

export interface LineServerOptions {
  readonly host: string
  readonly port: number
  /** The server does not keep the process alive. */
  readonly background: boolean
  /** Must not throw. */
  readonly line: () => string
  /** Called with errors that occur after it listens. */
  readonly failed: (error: unknown) => void
}

const linger = 2000
/** In bytes. HAProxy itself sends a few words at most. */
const longest = 65_536
const most = 256

export class LineServer {
  readonly #clock: Clock
  readonly #options: LineServerOptions
  readonly #open = new Map<Socket, Alarm>()
  #server: Server | undefined = undefined
  #listening: Promise<AgentAddress> | undefined = undefined

  constructor(clock: Clock, options: LineServerOptions) {
    this.#clock = clock
    this.#options = options
  }

  /** Resolves when it listens. Further calls return the same promise; after a failure they try again. */
  listen(): Promise<AgentAddress> {
    this.#listening ??= this.#listen()
    return this.#listening
  }

  /** Closes every connection and frees the port. */
  async close(): Promise<void> {
    const listening = this.#listening
    this.#listening = undefined
    await listening?.catch(() => {})
    const server = this.#server
    this.#server = undefined
    if (server === undefined) return
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    for (const socket of this.#open.keys()) socket.destroy()
    await closed
  }

  #listen(): Promise<AgentAddress> {
    const { host, port, background, failed } = this.#options
    const server = createServer((socket) => this.#answer(socket))
    if (background) server.unref()
    return new Promise((resolve, reject) => {
      const refused = (error: unknown): void => {
        this.#listening = undefined
        reject(error)
      }
      server.once('error', refused)
      server.listen(port, host, () => {
        server.off('error', refused)
        server.on('error', failed)
        this.#server = server
        const { address, port: bound } = server.address() as AddressInfo
        resolve({ host: address, port: bound })
      })
    })
  }

  #answer(socket: Socket): void {
    if (this.#options.background) socket.unref()
    const late = new Alarm(() => socket.destroy(), true)
    this.#open.set(socket, late)
    this.#clock.schedule(late, linger)
    socket.on('error', ignore)
    socket.once('close', () => {
      this.#clock.cancel(late)
      this.#open.delete(socket)
    })
    // Input must be read, or closing would reset the connection before the client has read the line.
    socket.on('data', () => {
      if (socket.bytesRead > longest) socket.destroy()
    })
    socket.end(this.#options.line())
    if (this.#open.size <= most) return
    const [oldest] = this.#open.keys()
    oldest?.destroy()
  }
}

/** A broken connection concerns only the client. */
function ignore(): void {}
