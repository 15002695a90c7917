import { type SrvMembersOptions, srvMembers } from 'holdfast/dns'
import { failoverPool, random, tiers } from 'holdfast/failover'
import { recorder, seededRandom, virtualClock } from 'holdfast/testing'
import { describe, expect, it, vi } from 'vitest'
import vectors from '../../data/pool-vectors.json'
import { addresses, denied, fakeResolver } from './fake-resolver.ts'
import { a, nameServer, srv } from './server.ts'

const service = '_api._tcp.svc.test'

function made(options: SrvMembersOptions = {}) {
  const clock = virtualClock()
  const resolver = fakeResolver()
  const source = srvMembers(service, { resolver, every: '30s', jitter: 0, ...options })
  const pool = failoverPool(source, { clock, random: seededRandom(7), selection: tiers(random()) })
  const log = recorder(pool)
  const names = () => pool.members.map(({ name }) => name)
  const faults = () => log.of('fault').map(({ error }) => String(error))
  return { clock, pool, names, faults, said: resolver.said, asked: resolver.asked }
}

const record = (name: string, port: number, priority: number, weight: number) => ({ name, port, priority, weight })
const settings = (members: readonly { name: string; priority: number; weight: number }[]) =>
  members.map(({ name, priority, weight }) => [name, priority, weight])

describe('srvMembers', () => {
  it('makes a member of each record, named by host and port, most preferred first', async () => {
    const { pool, said, asked, faults } = made({ resolve: false })
    said.set(`SRV ${service}`, [record('c.test', 3, 20, 1), record('a.test', 1, 10, 5), record('b.test', 2, 10, 1)])
    await pool.ready()

    expect(settings(pool.members)).toEqual([
      ['a.test:1', 10, 5],
      ['b.test:2', 10, 1],
      ['c.test:3', 20, 1],
    ])
    expect(pool.members[0]?.target).toEqual({ host: 'a.test', port: 1, hostname: 'a.test' })
    expect(asked).toEqual([`SRV ${service}`])
    expect(faults()).toEqual([])
  })

  it('puts a record of weight 0 behind the others of its priority, and treats all of weight 0 as equal', async () => {
    const { pool, said } = made()
    said.set(`SRV ${service}`, [
      record('zero', 1, 1, 0),
      record('some', 1, 1, 4),
      record('equal', 1, 2, 0),
      record('equal', 2, 2, 0),
    ])
    await pool.ready()

    expect(settings(pool.members)).toEqual([
      ['some:1', 1, 4],
      ['zero:1', 1.5, 1],
      ['equal:1', 2, 1],
      ['equal:2', 2, 1],
    ])
  })

  it('uses each host and port once, with its best priority, in any letter case', async () => {
    const { clock, pool, said, names } = made()
    said.set(`SRV ${service}`, [record('A.Test.', 1, 5, 1), record('a.test', 1, 2, 3)])
    await pool.ready()
    expect(settings(pool.members)).toEqual([['a.test:1', 2, 3]])
    await pool.execute(() => 1)
    said.set(`SRV ${service}`, [record('a.TEST', 1, 2, 3)])
    await clock.advance(30_000)
    expect(names()).toEqual(['a.test:1'])
    expect(pool.members[0]).toMatchObject({ state: 'up' })
  })

  it('queries each `every`, since these records come without a TTL', async () => {
    const { clock, pool, said, asked } = made({ every: '10s' })
    said.set(`SRV ${service}`, [record('a', 1, 1, 1)])
    await pool.ready()
    await clock.advance(30_000)
    expect(asked).toHaveLength(4)
  })

  it('changes weight and priority of members that stay', async () => {
    const { clock, pool, said } = made()
    said.set(`SRV ${service}`, [record('a', 1, 1, 1), record('b', 1, 1, 1)])
    await pool.ready()
    await pool.execute(() => 1)
    said.set(`SRV ${service}`, [record('a', 1, 2, 9), record('b', 1, 1, 0)])
    await clock.advance(30_000)
    expect(settings(pool.members)).toEqual([
      ['a:1', 2, 9],
      ['b:1', 1, 1],
    ])
  })
})

describe('the vectors of RFC 2782', () => {
  for (const [i, each] of vectors.vectors.srv.cases.entries()) {
    it(`case ${i + 1}: ${JSON.stringify(each)}`, async () => {
      const { pool, said, names, faults } = made()
      said.set(
        `SRV ${service}`,
        each.records.map(({ p, w, t }) => record(t, 1, p, w)),
      )
      await pool.ready()
      if (each.firstShare === undefined) {
        expect(names()).toEqual([])
        expect(faults()).toContain(`Error: ${service} is explicitly not available at this domain`)
        return
      }
      const draws = each.n ?? 30_000
      const first = new Map<string, number>()
      for (let n = 0; n < draws; n++) {
        const host = await pool.execute(({ target }) => target.host)
        first.set(host, (first.get(host) ?? 0) + 1)
      }
      for (const [host, share] of Object.entries(each.firstShare)) {
        expect(Math.abs((first.get(host) ?? 0) / draws - share), host).toBeLessThan(each.tol ?? 0.01)
      }
    })
  }

  it('continue without replacement: the rest of a priority before the next one', async () => {
    const { pool, said } = made()
    said.set(`SRV ${service}`, [
      record('a', 1, 10, 5),
      record('b', 1, 10, 1),
      record('z', 1, 10, 0),
      record('c', 1, 20, 1),
    ])
    await pool.ready()
    for (let n = 0; n < 50; n++) {
      const tried: string[] = []
      await pool
        .execute(({ target }) => {
          tried.push(target.host)
          return Promise.reject(new Error('down'))
        })
        .catch(() => {})
      expect(tried.slice(0, 2).sort()).toEqual(['a', 'b'])
      expect(tried.slice(2)).toEqual(['z', 'c'])
      for (const name of ['a:1', 'b:1', 'c:1', 'z:1']) {
        pool.update(name, { admin: 'maintenance' })
        pool.update(name, { admin: 'ready' })
      }
    }
  })
})

describe('a service that', () => {
  it('is refused by a root record keeps the last list, and reports why', async () => {
    const { clock, pool, names, faults, said, asked } = made()
    said.set(`SRV ${service}`, [record('a', 1, 1, 1)])
    await pool.ready()
    said.set(`SRV ${service}`, [record('', 0, 0, 0)])
    await clock.advance(30_000)
    expect(names()).toEqual(['a:1'])
    expect(faults()).toEqual([
      'TypeError: srv: gave no member, the last list stays',
      `Error: ${service} is explicitly not available at this domain`,
    ])
    await clock.advance(30_000)
    expect(asked).toHaveLength(3)
    // A root among others says nothing.
    said.set(`SRV ${service}`, [record('.', 0, 0, 0), record('b', 1, 1, 1)])
    await clock.advance(30_000)
    expect(names()).toEqual(['b:1'])
  })

  it.each(['ENOTFOUND', 'ENODATA', 'none'])('has no records (%s) is believed from the third time on', async (code) => {
    const { clock, pool, names, faults, said } = made()
    said.set(`SRV ${service}`, [record('a', 1, 1, 1)])
    await pool.ready()
    said.set(`SRV ${service}`, code === 'none' ? [] : denied(code))
    await clock.advance(31_000)
    expect(faults()).toHaveLength(2)
    await clock.advance(2000)
    expect(faults()).toHaveLength(4)
    expect(names()).toEqual(['a:1'])
  })

  it('fails keeps the last list', async () => {
    const { clock, pool, names, faults, said } = made()
    said.set(`SRV ${service}`, [record('a', 1, 1, 1)])
    await pool.ready()
    said.set(`SRV ${service}`, denied('ESERVFAIL'))
    await clock.advance(31_000)
    expect(names()).toEqual(['a:1'])
    expect(faults()).toEqual(new Array(2).fill('Error: query ESERVFAIL'))
  })
})

describe('resolved to addresses', () => {
  it('makes a member of each address, which shares the weight of its record', async () => {
    const { pool, said } = made({ resolve: 'both' })
    said.set(`SRV ${service}`, [record('two.test', 1, 1, 6), record('one.test', 2, 1, 3)])
    said.set('A two.test', addresses(60, '10.0.0.1'))
    said.set('AAAA two.test', addresses(60, '::1'))
    said.set('A one.test', addresses(60, '10.0.0.2'))
    await pool.ready()

    expect(settings(pool.members)).toEqual([
      ['10.0.0.1:1', 1, 3],
      ['[::1]:1', 1, 3],
      ['10.0.0.2:2', 1, 3],
    ])
    expect(pool.members[0]?.target).toEqual({ host: '10.0.0.1', port: 1, hostname: 'two.test' })
  })

  it('queries a name once for all its ports, and again when its TTL is over', async () => {
    const { clock, pool, said, asked } = made({ resolve: 4 })
    said.set(`SRV ${service}`, [record('a.test', 1, 1, 1), record('a.test', 2, 1, 1)])
    said.set('A a.test', addresses(10, '10.0.0.1'))
    await pool.ready()
    expect(asked).toEqual([`SRV ${service}`, 'A a.test'])
    await clock.advance(10_000)
    expect(asked).toHaveLength(4)
    said.set('A a.test', addresses(600, '10.0.0.1'))
    await clock.advance(10_000)
    await clock.advance(29_999)
    expect(asked).toHaveLength(6)
    await clock.advance(1)
    expect(asked).toHaveLength(8)
  })

  it('keeps the addresses of a name that cannot be resolved, as long as a record has it', async () => {
    const { clock, pool, names, faults, said } = made({ resolve: 4 })
    const both = [record('a.test', 1, 1, 1), record('b.test', 1, 1, 1)]
    said.set(`SRV ${service}`, both)
    said.set('A a.test', addresses(60, '10.0.0.1'))
    said.set('A b.test', addresses(60, '10.0.0.2'))
    await pool.ready()
    said.set('A a.test', denied('ESERVFAIL'))
    said.set('A b.test', addresses(60, '10.0.0.3'))
    await clock.advance(30_000)
    expect(names()).toEqual(['10.0.0.1:1', '10.0.0.3:1'])
    expect(faults()).toEqual(['Error: query ESERVFAIL'])

    said.set(`SRV ${service}`, both.slice(1))
    await clock.advance(30_000)
    said.set(`SRV ${service}`, both)
    await clock.advance(30_000)
    expect(names()).toEqual(['10.0.0.3:1'])
  })

  it('reports a family that failed beside the other', async () => {
    const { pool, names, faults, said } = made({ resolve: 'both' })
    said.set(`SRV ${service}`, [record('a.test', 1, 1, 1)])
    said.set('A a.test', addresses(60, '10.0.0.1'))
    said.set('AAAA a.test', denied('ETIMEOUT'))
    await pool.ready()
    expect(names()).toEqual(['10.0.0.1:1'])
    expect(faults()).toEqual(['Error: query ETIMEOUT'])
  })

  it('fails when no name can be resolved', async () => {
    const { pool, names, faults, said } = made({ resolve: 4 })
    said.set(`SRV ${service}`, [record('a.test', 1, 1, 1)])
    said.set('A a.test', denied('ESERVFAIL'))
    await pool.ready()
    expect(names()).toEqual([])
    expect(faults()).toEqual(['Error: query ESERVFAIL'])
  })
})

describe('over a real socket', () => {
  it('uses the answers of a server for a service, for its names, and for a service that is refused', async () => {
    const server = await nameServer()
    server.zone.set(`SRV ${service}`, [
      srv(service, 'a.svc.test', 8001, 10, 5),
      srv(service, 'b.svc.test', 8002, 20, 0),
    ])
    server.zone.set('A a.svc.test', [a('a.svc.test', '10.0.0.1')])
    server.zone.set('A b.svc.test', [a('b.svc.test', '10.0.0.2')])
    const options = { servers: [server.address], resolver: undefined as never }
    const names = made(options)
    const resolved = made({ ...options, resolve: 4 })
    for (const { pool } of [names, resolved]) await pool.ready()
    expect(names.names()).toEqual(['a.svc.test:8001', 'b.svc.test:8002'])
    expect(settings(resolved.pool.members)).toEqual([
      ['10.0.0.1:8001', 10, 5],
      ['10.0.0.2:8002', 20, 1],
    ])

    server.zone.set(`SRV ${service}`, [srv(service, '.', 0, 0, 0)])
    await names.clock.advance(30_000)
    await vi.waitFor(() =>
      expect(names.faults()).toContain(`Error: ${service} is explicitly not available at this domain`),
    )
    names.pool.close()
    resolved.pool.close()
    expect([names.clock.pending, resolved.clock.pending]).toEqual([0, 0])
  })
})

describe('options', () => {
  it.each([
    ['', {}, 'srvMembers: service must be a name, got ""'],
    [service, { resolve: 5 }, "srvMembers: resolve must be 4, 6, 'both' or false, got 5"],
    [service, { port: 80 }, 'srvMembers: "port" is not an option'],
  ])('are refused if invalid: %s %j', (name, options, message) => {
    expect(() => srvMembers(name, options as never)).toThrow(message)
  })
})
