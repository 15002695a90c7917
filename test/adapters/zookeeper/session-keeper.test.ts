import { seededRandom, virtualClock } from 'holdfast/testing'
import { State } from 'node-zookeeper-client'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { SessionKeeper } from '../../../src/adapters/zookeeper/session-keeper.ts'
import { type FakeClient, type FakeEnsemble, freshEnsemble } from './fake-ensemble.ts'

vi.mock('node-zookeeper-client', async (original) =>
  (await import('./fake-ensemble.ts')).mockedPackage(original as never),
)

let zoo: FakeEnsemble
beforeEach(() => {
  zoo = freshEnsemble()
})

const servers = ['a:1', 'b:1', 'c:1']

/** A kept session of 9 s on three servers, the first of them first. */
async function kept(random = () => 0, list: readonly string[] = servers) {
  const clock = virtualClock()
  const reports: string[] = []
  const say = (what: string) => void reports.push(`${clock.now()} ${what}`)
  const rules = { connect: { servers: list, root: '' }, sessionTimeout: 9000, auth: undefined }
  const keeper = new SessionKeeper(rules, clock, random, {
    connected: (client) => say(`connected ${Number.parseInt(client.sessionId, 16)}`),
    disconnected: () => say('disconnected'),
    failed: (error) => say(String((error as Error).message)),
  })
  await clock.advance(0)
  const [client] = zoo.clients
  return { clock, reports, keeper, client: () => [...zoo.clients][0] as FakeClient, first: client }
}

describe('a session', () => {
  it('is kept alive by a ping each third of its timeout', async () => {
    const { clock, reports } = await kept()
    await clock.advance(9000)
    expect(reports).toEqual(['0 connected 1'])
    expect(zoo.operations).toEqual(['exists /', 'exists /', 'exists /'])
  })

  it('has the timeout that the servers negotiate', async () => {
    zoo.negotiated = 3000
    const { clock, keeper } = await kept()
    await clock.advance(3000)
    expect(keeper.timeout).toBe(3000)
    expect(zoo.operations).toHaveLength(3)
  })

  it('begins at a random server', async () => {
    await kept(() => 0.5)
    await kept(() => 0.99)
    expect(zoo.connects).toEqual(['b:1', 'c:1'])
  })

  it('continues at the next server when the connection is lost', async () => {
    const { clock, reports, client } = await kept()
    client().drop()
    await clock.advance(0)
    expect(zoo.connects).toEqual(['a:1', 'b:1'])
    expect(reports).toEqual(['0 connected 1', '0 disconnected', '0 zookeeper: a:1: CONNECTION_LOSS', '0 connected 1'])
  })

  it('continues at the next server when one is silent, with a third of its timeout left', async () => {
    const { clock, reports } = await kept()
    zoo.turn('frozen', 'a:1')
    await clock.advance(6000)
    expect(reports.slice(1)).toEqual([
      '6000 disconnected',
      '6000 zookeeper: a:1 does not respond: CONNECTION_LOSS',
      '6000 connected 1',
    ])
    expect(zoo.clients.size).toBe(1)
  })

  it('skips servers that refuse at once, and gives a hanging one its share of the timeout', async () => {
    const { clock, reports, client } = await kept()
    zoo.servers.set('b:1', 'refuses')
    zoo.servers.set('c:1', 'frozen')
    client().drop()
    await clock.advance(0)
    expect(zoo.connects).toEqual(['a:1', 'b:1', 'c:1'])
    await clock.advance(2250)
    expect(zoo.connects).toEqual(['a:1', 'b:1', 'c:1', 'a:1'])
    expect(reports.at(-1)).toBe('2250 connected 1')
    expect(reports.filter((what) => what.includes('zookeeper:'))).toEqual(['0 zookeeper: a:1: CONNECTION_LOSS'])
  })

  it('is kept while no server can be reached, which is reported once in its timeout', async () => {
    const { clock, reports } = await kept()
    zoo.turn('refuses', 'a:1')
    for (const server of servers) zoo.servers.set(server, 'refuses')
    await clock.advance(30_000)
    const notReached = reports.filter((what) => what.includes('NOT_REACHED'))
    expect(notReached[0]).toBe('0 zookeeper: a:1,b:1,c:1: NOT_REACHED')
    expect(notReached.length).toBeLessThanOrEqual(4)
    // All servers are tried in turn, and no faster than the waits allow.
    expect(zoo.connects.slice(0, 7)).toEqual(['a:1', 'b:1', 'c:1', 'a:1', 'b:1', 'c:1', 'a:1'])
    expect(zoo.connects.length).toBeLessThan(40)
    for (const server of servers) zoo.servers.set(server, 'serves')
    await clock.advance(3000)
    expect(reports.at(-1)).toMatch(/connected 1$/)
  })

  it('that has expired is followed by a new one, at the server that said so', async () => {
    const { clock, reports } = await kept()
    zoo.expire(1)
    await clock.advance(0)
    expect(reports.slice(1)).toEqual([
      '0 disconnected',
      '0 zookeeper: a:1: CONNECTION_LOSS',
      '0 disconnected',
      '0 zookeeper: the session: SESSION_EXPIRED',
      '0 connected 2',
    ])
    expect(zoo.connects).toEqual(['a:1', 'b:1', 'b:1'])
  })

  it('that a server refuses is requested again, with growing waits', async () => {
    zoo.servers.set('a:1', 'frozen')
    const { clock } = await kept(() => 0, ['a:1'])
    for (let i = 0; i < 20; i++) {
      for (const each of zoo.clients) each.emit('state', State.EXPIRED)
      await clock.advance(100)
    }
    expect(zoo.connects.length).toBeLessThan(8)
    expect(zoo.sessions.size).toBe(0)
  })

  it('continues after a reply that cannot be read, which does not end the process', async () => {
    const { clock, reports, client } = await kept()
    client().connectionManager.onSocketData()
    await clock.advance(0)
    expect(reports.slice(1)).toEqual(['0 disconnected', '0 zookeeper: a:1: UNREADABLE', '0 connected 1'])
  })

  it('is retried when credentials are refused, with growing waits', async () => {
    const { clock, reports } = await kept(() => 0, ['a:1'])
    for (let i = 0; i < 20; i++) {
      for (const client of zoo.clients) client.refuse()
      await clock.advance(500)
    }
    expect(reports.filter((what) => what.includes('AUTH_FAILED')).length).toBeGreaterThan(3)
    expect(zoo.connects.length).toBeLessThan(12)
  })

  it('keeps its waits when a server accepts and drops it at once', async () => {
    const { clock } = await kept(() => 0, ['a:1'])
    for (let i = 0; i < 100; i++) {
      for (const client of zoo.clients) client.drop()
      await clock.advance(10)
    }
    expect(zoo.connects.length).toBeLessThan(8)
    // One that has stayed for a while is trusted again.
    await clock.advance(60_000)
    const before = zoo.connects.length
    for (const client of zoo.clients) client.drop()
    await clock.advance(0)
    expect(zoo.connects.length).toBe(before + 1)
  })

  it('ignores a client that was replaced', async () => {
    const { clock, reports, first } = await kept()
    zoo.turn('frozen', 'a:1')
    await clock.advance(6000)
    reports.length = 0
    first?.refuse()
    first?.connectionManager.onSocketData()
    first?.connectionManager.connect()
    first?.connectionManager.onSocketConnected()
    await clock.advance(0)
    expect(reports).toEqual([])
  })

  it('has jittered waits', async () => {
    const { clock } = await kept(seededRandom(5))
    for (const server of servers) zoo.servers.set(server, 'refuses')
    for (const client of zoo.clients) client.drop()
    await clock.advance(10_000)
    expect(zoo.connects.length).toBeGreaterThan(5)
  })
})

describe('close()', () => {
  it('ends the session and resolves when that is done, once', async () => {
    const { clock, keeper } = await kept()
    const closed = keeper.close()
    expect(keeper.close()).toBe(closed)
    await closed
    expect([zoo.sessions.size, zoo.clients.size, clock.pending]).toEqual([0, 0, 0])
  })

  it('leaves the session to its timeout without a connection', async () => {
    const { clock, keeper } = await kept()
    zoo.turn('refuses')
    zoo.servers.set('b:1', 'frozen')
    await clock.advance(0)
    await keeper.close()
    expect([zoo.sessions.size, zoo.clients.size, clock.pending]).toEqual([1, 0, 0])
  })

  it('resolves between two clients', async () => {
    const { clock, keeper } = await kept(() => 0, ['a:1'])
    zoo.servers.set('a:1', 'refuses')
    zoo.turn('refuses')
    await clock.advance(0)
    await keeper.close()
    expect([zoo.clients.size, clock.pending]).toEqual([0, 0])
    await clock.advance(10_000)
    expect(zoo.clients.size).toBe(0)
  })

  it('ignores the answer to an earlier ping', async () => {
    const { clock, keeper } = await kept()
    zoo.after = () => void keeper.close()
    await clock.advance(3000)
    await keeper.close()
    expect(clock.pending).toBe(0)
  })
})
