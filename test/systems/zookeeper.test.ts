/** Members in real ZooKeeper servers: one alone, and three together. Ticks are 200 ms, so that sessions can be short. */
import { failoverPool } from 'holdfast/failover'
import { recorder } from 'holdfast/testing'
import { type RegisterOptions, type Registration, register, zookeeperMembers } from 'holdfast/zookeeper'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { describeSystem, freePort, pause, type Running, scratch, until } from './support/system.ts'
import { type ByHand, byHand } from './zookeeper/by-hand.ts'
import { processes, type Start } from './zookeeper/processes.ts'
import { connectTo, leader, needs, type Server, serve, servers, serves } from './zookeeper/servers.ts'

/** Each test has a folder of its own: what others left behind goes only with its session. */
let path: string
let tests = 0
beforeEach(() => {
  path = `/services/api-${++tests}`
})
/** ms. What is bound to a dead session is gone after at most 1.3 of its time; `long` leaves a busy machine some. */
const session = 1000
const long = 2000

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const since = (start: number) => performance.now() - start

function watch(connect: string, options: { sessionTimeout?: number; path?: string } = {}) {
  const pool = failoverPool(zookeeperMembers({ connect, path, sessionTimeout: session, ...options }))
  closers.push(() => pool.close())
  const log = recorder(pool)
  const names = () => pool.members.map(({ name }) => name).sort()
  const faults = () => log.of('fault').map(({ error }) => String(error))
  const removed = () => log.of('membersChanged').flatMap(({ removed }) => removed as readonly string[])
  const are = (...expected: readonly string[]) => until(() => names().join() === expected.join(), 10_000, 5)
  return { pool, names, faults, removed, are }
}

function registered(connect: string, target: string, options: Partial<RegisterOptions> = {}) {
  const told: string[] = []
  const registration: Registration = register({
    connect,
    path,
    sessionTimeout: session,
    member: { target },
    onFault: ({ error }) => told.push(String(error)),
    onState: (state) => told.push(state),
    ...options,
  })
  closers.push(() => registration.close())
  return { registration, told }
}

describeSystem('members by ZooKeeper', needs, () => {
  const folder = scratch()
  let start: Start
  beforeAll(async () => {
    start = await processes(folder, 'member', 'ready ')
  })

  const member = async (connect: string, target: string, time = session): Promise<Running> => {
    const running = await start(connect, String(time), path, target)
    closers.push(() => running.stop('SIGKILL'))
    return running
  }

  describe('of one server', () => {
    let all: readonly Server[]
    let connect: string
    let hand: ByHand
    beforeAll(async () => {
      all = await servers(folder, 1)
      connect = connectTo(all)
      await serve(all)
      hand = await byHand(connect)
      return async () => {
        hand.close()
        for (const server of all) await server.stop()
      }
    }, 30_000)

    it('join when they register, and leave when they die, within 1.3 times their session timeout', async () => {
      const { pool, are } = watch(connect)
      await pool.ready()
      const [a] = await Promise.all([member(connect, 'http://a', long), member(connect, 'http://b')])
      await are('http://a', 'http://b')
      a.child.kill('SIGKILL')
      const killed = performance.now()
      await are('http://b')

      expect(since(killed)).toBeLessThan(1.3 * long)
      expect(await pool.execute(({ target }) => target)).toBe('http://b')
    })

    it('leave at once when they close, and their process ends by itself', async () => {
      const { are } = await ready(watch(connect))
      const [a] = await Promise.all([member(connect, 'http://a'), member(connect, 'http://b')])
      await are('http://a', 'http://b')
      a.child.kill('SIGTERM')
      const told = performance.now()
      await are('http://b')

      expect(since(told)).toBeLessThan(500)
      await a.ended
      expect(a.child.exitCode).toBe(0)
      expect(a.output()).toMatch(/state closed\nclosed\n$/)
    })

    it('leave when they are frozen, and rejoin by themselves when they thaw', async () => {
      const { are } = await ready(watch(connect))
      const [a] = await Promise.all([member(connect, 'http://a', long), member(connect, 'http://b')])
      await are('http://a', 'http://b')
      a.child.kill('SIGSTOP')
      const frozen = performance.now()
      await are('http://b')
      expect(since(frozen)).toBeLessThan(1.3 * long)
      a.child.kill('SIGCONT')
      const thawed = performance.now()
      await are('http://a', 'http://b')

      expect(since(thawed)).toBeLessThan(1000)
      expect(a.output()).toContain('SESSION_EXPIRED')
    })

    it('never leave when their process restarts in time: it takes over its own node', async () => {
      const { are, removed } = await ready(watch(connect))
      const [a] = await Promise.all([member(connect, 'http://a', long), member(connect, 'http://b')])
      await are('http://a', 'http://b')
      a.child.kill('SIGKILL')
      await member(connect, 'http://a', long)
      await pause(1.4 * long)

      await are('http://a', 'http://b')
      expect(removed()).toEqual([])
    })

    it('change with their data, by themselves and by hand, and one with invalid data is left out', async () => {
      const { pool, faults, names, are } = await ready(watch(connect))
      const { registration } = registered(connect, 'http://a')
      await registration.ready()
      await hand.put(`${path}/plain`, 'http://b')
      await hand.put(`${path}/wrong`, '{ "target": ')
      await are('http://a', 'http://b')
      await until(() => faults().some((fault) => fault.includes(`zookeeper: ${path}/wrong is left out: `)))
      await registration.update({ weight: 7, zone: 'eu' })
      await until(() => pool.members.some(({ weight, zone }) => weight === 7 && zone === 'eu'))
      await hand.put(`${path}/wrong`, '{ "target": "http://c", "priority": 2, "since": "today" }')
      await are('http://a', 'http://b', 'http://c')
      await hand.put(`${path}/plain`, '')
      await are('http://a', 'http://c')
      expect(names()).toHaveLength(2)
      // An operator's word stays until the member has something new to say.
      await hand.put(`${path}/http:%2F%2Fa`, '{ "target": "http://a", "weight": 1 }')
      await until(() => pool.members.some(({ name, weight }) => name === 'http://a' && weight === 1))
    })

    it('wait for a node that another process holds, and may get one with a number', async () => {
      const one = registered(connect, 'http://one', { name: 'node' })
      await one.registration.ready()
      const other = registered(connect, 'http://other', { name: 'node' })
      await until(() => other.told.some((told) => /^ZooKeeperError: .*is owned by session/.test(told)))
      expect(other.registration.state).toBe('pending')
      const numbered = registered(connect, 'http://numbered', { name: 'node', sequential: true })
      await numbered.registration.ready()
      expect(await hand.children(path)).toHaveLength(2)
      expect(numbered.registration.path?.slice(path.length)).toMatch(/^\/node-\d{10}$/)
      await one.registration.close()
      await other.registration.ready()

      expect(await hand.read(`${path}/node`)).toBe('{"target":"http://other"}')
      await hand.remove(`${path}/node`)
      await until(async () => (await hand.children(path)).includes('node'))
    })

    it('stay while the server is frozen or dead, and the list is right afterwards', async () => {
      const { pool, names, are, faults } = await ready(watch(connect))
      const { registration } = registered(connect, 'http://a')
      await registration.ready()
      await are('http://a')
      const [server] = all as readonly [Server]
      server.running.child.kill('SIGSTOP')
      await until(() => faults().some((fault) => fault.includes('CONNECTION_LOSS')), 5000, 20)
      expect(await pool.execute(({ target }) => target)).toBe('http://a')
      server.running.child.kill('SIGCONT')
      // The server may have let the session go as it woke; then the node is made again.
      await until(() => registration.state === 'registered')
      await are('http://a')

      await server.stop('SIGKILL')
      await until(() => registration.state === 'disconnected')
      await pause(session)
      expect(names()).toEqual(['http://a'])
      expect(await pool.execute(({ target }) => target)).toBe('http://a')
      await serve(all)
      await registered(connect, 'http://b').registration.ready()
      await are('http://a', 'http://b')
    }, 15_000)

    it('keep no process alive after their pool is closed, with or without a server', async () => {
      const watcher = await processes(folder, 'watcher', 'members ')
      await registered(connect, 'http://a').registration.ready()
      const nowhere = `127.0.0.1:${await freePort()}`
      for (const [servers, members] of [
        [connect, 'http://a'],
        [nowhere, ''],
      ] as const) {
        const running = await watcher(servers, String(session), path)
        await running.ended
        expect(running.output()).toContain(`members ${members}\n`)
        expect(running.child.exitCode).toBe(0)
        expect(Number(/lived ([\d.]+)/.exec(running.output())?.[1])).toBeLessThan(1000)
      }
    })
  })

  describe('of three servers', () => {
    let all: readonly Server[]
    let connect: string
    beforeAll(async () => {
      all = await servers(folder, 3)
      connect = connectTo(all)
      await serve(all)
      return async () => {
        await Promise.all(all.map((server) => server.stop()))
      }
    }, 30_000)

    /** Calls without a pause until it is told to stop; gives how many there were. */
    function calling(pool: ReturnType<typeof watch>['pool']) {
      let calls = 0
      let over = false
      const ended = (async () => {
        while (!over) {
          await pool.execute(({ target }) => target)
          calls++
          await pause(2)
        }
      })()
      return async () => {
        over = true
        await ended
        return calls
      }
    }

    it('stay through the death of the leader, and calls go on', async () => {
      const watched = await ready(watch(connect, { sessionTimeout: long }))
      const { registration } = registered(connect, 'http://a', { sessionTimeout: long })
      await registration.ready()
      await watched.are('http://a')
      const stop = calling(watched.pool)
      const dead = await leader(all)
      await dead.stop('SIGKILL')
      const killed = performance.now()
      await registered(connect, 'http://b', { sessionTimeout: long }).registration.ready()
      await watched.are('http://a', 'http://b')

      expect(since(killed)).toBeLessThan(5000)
      expect(await stop()).toBeGreaterThan(20)
      expect(watched.removed()).toEqual([])
      await serve([dead])
    }, 20_000)

    it('stay while there is no quorum, calls go on, and the list is right afterwards', async () => {
      const watched = await ready(watch(connect))
      const { registration } = registered(connect, 'http://a')
      await registration.ready()
      const b = await member(connect, 'http://b')
      await watched.are('http://a', 'http://b')
      const stop = calling(watched.pool)
      const [one, two] = all as readonly [Server, Server, Server]
      await Promise.all([one.stop('SIGKILL'), two.stop('SIGKILL')])
      b.child.kill('SIGKILL')
      await pause(3 * session)
      expect(watched.names()).toEqual(['http://a', 'http://b'])
      await serve([one, two])
      const back = performance.now()
      await watched.are('http://a')

      expect(since(back)).toBeLessThan(3 * session)
      expect(registration.state).toBe('registered')
      expect(watched.removed()).toEqual(['http://b'])
      expect(await stop()).toBeGreaterThan(100)
    }, 20_000)

    it('stay when their server is frozen: the session continues at another one', async () => {
      const watched = await ready(watch(connect, { sessionTimeout: long }))
      const { registration, told } = registered(connect, 'http://a', { sessionTimeout: long })
      await registration.ready()
      await watched.are('http://a')
      told.length = 0
      const hand = await byHand(connect)
      const frozen = await holderOf(all, await hand.owner(registration.path as string))
      hand.close()
      frozen.running.child.kill('SIGSTOP')
      await until(() => told.includes('registered'), 8000, 10)
      await pause(1000)
      frozen.running.child.kill('SIGCONT')
      await until(() => serves(frozen))

      expect(told.join()).not.toContain('SESSION_EXPIRED')
      expect(watched.removed()).toEqual([])
    }, 20_000)
  })
})

/** The pool, when its source has answered. */
async function ready<P extends { readonly pool: { ready(): Promise<void> } }>(watched: P): Promise<P> {
  await watched.pool.ready()
  return watched
}

/** The server that a session speaks to. */
async function holderOf(all: readonly Server[], owner: string): Promise<Server> {
  for (const server of all) if ((await server.ask('cons')).includes(`sid=${owner},`)) return server
  throw new Error('nobody has it')
}
