/** The package itself, over sockets of this process: what is done to its insides holds. */
import net, { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ZooKeeperClient, type ZooKeeperClientState } from '../../../src/adapters/zookeeper/client.ts'

let server: Server
let sockets: Socket[]
/** What the server does with what comes, by the count of what has come. */
let answer: (socket: Socket, count: number) => void
const clients: ZooKeeperClient[] = []
/** What the package opened. Others may come to a port, too. */
const opened = vi.spyOn(net, 'connect')
const own = () => opened.mock.results.map(({ value }) => value as Socket)

beforeEach(async () => {
  opened.mockClear()
  sockets = []
  answer = () => {}
  server = createServer((socket) => {
    sockets.push(socket)
    let count = 0
    socket.on('error', () => {})
    socket.on('data', () => answer(socket, count++))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterEach(async () => {
  for (const client of clients.splice(0)) client.discard()
  for (const socket of sockets) socket.destroy()
  await new Promise((resolve) => server.close(resolve))
})

const frame = (...numbers: readonly number[]): Buffer => {
  const body = Buffer.concat(numbers.map((number) => Buffer.from(new Int32Array([number]).buffer).reverse()))
  return Buffer.concat([Buffer.from(new Int32Array([body.length]).buffer).reverse(), body])
}
/** A session of number 7 and `timeout` ms; 0 says that the one asked for has expired. */
const welcome = (timeout: number) => frame(0, timeout, 0, 7, 16, 1, 2, 3, 4)
/** The reply to the request of number `xid`. */
const reply = (xid: number, error: number) => frame(xid, 0, 1, error)

function made(auth?: { scheme: string; credentials: string }) {
  const seen: string[] = []
  const note = (state: ZooKeeperClientState, error?: unknown) =>
    void seen.push(error === undefined ? state : `${state} ${String(error)}`)
  const { port } = server.address() as AddressInfo
  const client = new ZooKeeperClient(
    { server: `127.0.0.1:${port}`, sessionTimeout: 3000, auth, session: undefined },
    note,
  )
  clients.push(client)
  return {
    client,
    seen,
    until: (state: string) => vi.waitFor(() => expect(seen.join()).toContain(state), { interval: 2 }),
  }
}

describe('a client', () => {
  it('is connected, and has its session and the negotiated timeout', async () => {
    answer = (socket, count) => void (count === 0 && socket.write(welcome(1234)))
    const { client, until } = made()
    await until('connected')
    expect([client.sessionId, client.sessionTimeout]).toEqual(['0000000000000007', 1234])
    expect(client.session.sessionId.readBigInt64BE()).toBe(7n)
  })

  it('reports that its connection cannot be made, and makes no other', async () => {
    answer = (socket) => void socket.destroy()
    const { seen, until } = made()
    await until('ended')
    // A turn is all that the package would take at its first server.
    await new Promise((resolve) => setImmediate(resolve))
    expect(seen).toEqual(['ended'])
    expect(own()).toHaveLength(1)
  })

  it('reports that its connection has ended, and fails pending operations', async () => {
    answer = (socket, count) => void (count === 0 ? socket.write(welcome(3000)) : socket.destroy())
    const { client, seen, until } = made()
    await until('connected')
    await expect(client.look('/a')).rejects.toMatchObject({ code: 'CONNECTION_LOSS' })
    expect(seen).toEqual(['connected', 'ended'])
  })

  it('reports that its session has expired', async () => {
    answer = (socket) => void socket.write(welcome(0))
    const { until } = made()
    await until('expired')
  })

  it('reports that its credentials are refused', async () => {
    answer = (socket, count) => void socket.write(count === 0 ? welcome(3000) : reply(-4, -115))
    const { until } = made({ scheme: 'digest', credentials: 'me:secret' })
    await until('refused')
  })

  it('reports a reply with a code that the package does not know, at which it throws', async () => {
    answer = (socket, count) => void socket.write(count === 0 ? welcome(3000) : reply(0, -127))
    const { client, until } = made()
    await until('connected')
    const asked = client.look('/a')
    await until('unreadable Error: Unknown code: -127')
    client.discard()
    await expect(asked).rejects.toMatchObject({ code: 'DISCARDED' })
  })

  it('names the failed operation, with its code', async () => {
    answer = (socket, count) => void socket.write(count === 0 ? welcome(3000) : reply(0, -101))
    const { client, until } = made()
    await until('connected')
    await expect(client.children('/a')).rejects.toThrow('zookeeper: children of /a: NO_NODE')
    await expect(client.children('no path')).rejects.toThrow('Node path must start with / character')
  })
})

describe('discard()', () => {
  const gone = () =>
    vi.waitFor(() => expect(own().map(({ destroyed }) => destroyed)).toEqual([true]), { interval: 2, timeout: 3000 })

  it('closes the connection to a server that does not answer, and fails pending and later operations', async () => {
    const { client, seen } = made()
    await vi.waitFor(() => expect(own()[0]?.pending).toBe(false))
    const asked = client.look('/a')
    client.discard()
    await expect(asked).rejects.toMatchObject({ code: 'DISCARDED' })
    await expect(client.look('/a')).rejects.toMatchObject({ code: 'DISCARDED' })
    await gone()
    expect(seen).toEqual([])
    expect(client.leave(() => {})).toBe(false)
  })

  it('closes a connection that has only begun', async () => {
    const { client, seen } = made()
    client.discard()
    await gone()
    expect(seen).toEqual([])
  })

  it('closes an established connection, and may be called twice', async () => {
    answer = (socket, count) => void (count === 0 && socket.write(welcome(3000)))
    const { client, seen, until } = made()
    await until('connected')
    client.discard()
    client.discard()
    await gone()
    expect(seen).toEqual(['connected'])
  })
})

describe('leave()', () => {
  it('ends the session, and reports when the server has confirmed it', async () => {
    answer = (socket, count) => void (count === 0 ? socket.write(welcome(3000)) : socket.end())
    const { client, seen, until } = made()
    await until('connected')
    await new Promise<void>((resolve) => expect(client.leave(resolve)).toBe(true))
    expect(seen).toEqual(['connected'])
  })
})
