import { Resolver } from 'node:dns/promises'
import { type DnsMembersOptions, dnsMembers } from 'holdfast/dns'
import { failoverPool, ordered } from 'holdfast/failover'
import { recorder, virtualClock } from 'holdfast/testing'
import { describe, expect, it, vi } from 'vitest'
import { addresses, denied, fakeResolver } from './fake-resolver.ts'
import { a, aaaa, nameServer } from './server.ts'

function made(options: Partial<DnsMembersOptions> = {}, random = () => 0.5) {
  const clock = virtualClock()
  const resolver = fakeResolver()
  const source = dnsMembers('api.test', { port: 80, resolver, every: '30s', jitter: 0, ...options })
  const pool = failoverPool(source, { clock, random, selection: ordered() })
  const log = recorder(pool)
  const names = () => pool.members.map(({ name }) => name)
  const faults = () => log.of('fault').map(({ error }) => String(error))
  return { clock, resolver, pool, names, faults, said: resolver.said, asked: resolver.asked }
}

describe('dnsMembers', () => {
  it('makes a member of each address of both families, named by address and port', async () => {
    const { pool, names, said, faults } = made()
    said.set('A api.test', addresses(60, '10.0.0.1', '10.0.0.2'))
    said.set('AAAA api.test', addresses(60, '2001:db8::1'))
    await pool.ready()

    expect(names()).toEqual(['10.0.0.1:80', '10.0.0.2:80', '[2001:db8::1]:80'])
    expect(pool.members.map(({ target }) => target)).toEqual([
      { host: '10.0.0.1', port: 80 },
      { host: '10.0.0.2', port: 80 },
      { host: '2001:db8::1', port: 80 },
    ])
    expect(faults()).toEqual([])
  })

  it.each([
    [4, ['A api.test'], ['10.0.0.1:80']],
    [6, ['AAAA api.test'], ['[::1]:80']],
    ['both', ['A api.test', 'AAAA api.test'], ['10.0.0.1:80', '[::1]:80']],
  ] as const)('asks for family %s alone where that is said', async (family, questions, expected) => {
    const { pool, names, said, asked } = made({ family })
    said.set('A api.test', addresses(60, '10.0.0.1'))
    said.set('AAAA api.test', addresses(60, '::1'))
    await pool.ready()

    expect(asked).toEqual(questions)
    expect(names()).toEqual(expected)
  })

  it.each([
    [0, 15_000],
    [0.5, 30_000],
    [0.999_999, 45_000],
  ])('jitters its queries, so that a fleet does not query in step: a draw of %s', async (draw, expected) => {
    const { clock, pool, said, asked } = made({ family: 4, jitter: 0.5 }, () => draw)
    said.set('A api.test', addresses(30, '10.0.0.1'))
    await pool.ready()
    await clock.advance(expected - 1)
    expect(asked).toHaveLength(1)
    await clock.advance(1)
    expect(asked).toHaveLength(2)
  })

  it.each([
    [20, 20_000],
    [0, 1000],
    [86_400, 3_600_000],
    [Number.NaN, 30_000],
  ])('treats a TTL of %s s as %s ms', async (ttl, expected) => {
    const { clock, pool, said, asked } = made({ family: 4 })
    said.set('A api.test', [...addresses(ttl, '10.0.0.1'), ...addresses(Math.max(ttl, 100_000), '10.0.0.2')])
    await pool.ready()
    await clock.advance(expected - 1)
    expect(asked).toHaveLength(1)
    await clock.advance(1)
    expect(asked).toHaveLength(2)
  })

  it('keeps the state of members when records come in another order', async () => {
    const { clock, pool, names, said } = made()
    said.set('A api.test', addresses(5, '10.0.0.1', '10.0.0.2'))
    await pool.ready()
    await pool.execute(() => 1)
    said.set('A api.test', addresses(5, '10.0.0.3', '10.0.0.2', '10.0.0.1'))
    await clock.advance(5000)

    expect(names()).toEqual(['10.0.0.1:80', '10.0.0.2:80', '10.0.0.3:80'])
    expect(pool.members[0]).toMatchObject({ state: 'up', latency: 0 })
  })

  it('queries again when a member fails, at most every 30 s', async () => {
    const { clock, pool, said, asked } = made({ family: 4 })
    said.set('A api.test', addresses(3600, '10.0.0.1'))
    await pool.ready()
    for (let i = 0; i < 45; i++) {
      await clock.advance(1000)
      await pool.execute(() => Promise.reject(new Error('down'))).catch(() => {})
    }
    expect(asked).toHaveLength(2)
  })
})

describe('an address family', () => {
  it.each(['ENODATA', 'ENOTFOUND'])('may have no addresses (%s) while the other has some', async (code) => {
    const { pool, names, faults, said } = made()
    said.set('A api.test', addresses(60, '10.0.0.1'))
    said.set('AAAA api.test', denied(code))
    await pool.ready()
    expect(names()).toEqual(['10.0.0.1:80'])
    expect(faults()).toEqual([])
  })

  it('that loses its addresses loses its members', async () => {
    const { clock, pool, names, said } = made()
    said.set('A api.test', addresses(5, '10.0.0.1'))
    said.set('AAAA api.test', addresses(5, '::1'))
    await pool.ready()
    said.set('AAAA api.test', [])
    await clock.advance(5000)
    expect(names()).toEqual(['10.0.0.1:80'])
    // What was lost does not come back with a failure.
    said.set('AAAA api.test', denied('ESERVFAIL'))
    await clock.advance(5000)
    expect(names()).toEqual(['10.0.0.1:80'])
  })

  it('that fails keeps its members while the other answers, and is reported', async () => {
    const { clock, pool, names, faults, said } = made()
    said.set('A api.test', addresses(5, '10.0.0.1'))
    said.set('AAAA api.test', addresses(5, '::1'))
    await pool.ready()
    said.set('A api.test', addresses(5, '10.0.0.2'))
    said.set('AAAA api.test', denied('ESERVFAIL'))
    await clock.advance(5000)

    expect(names()).toEqual(['[::1]:80', '10.0.0.2:80'])
    expect(faults()).toEqual(['Error: query ESERVFAIL'])
  })

  it('that fails decides nothing while the other has no addresses', async () => {
    const { clock, pool, names, faults, said } = made({ confirmations: 1 })
    said.set('A api.test', addresses(5, '10.0.0.1'))
    await pool.ready()
    said.set('A api.test', denied('ENODATA'))
    said.set('AAAA api.test', denied('ETIMEOUT'))
    await clock.advance(5000)

    expect(names()).toEqual(['10.0.0.1:80'])
    expect(faults()).toEqual(['Error: query ETIMEOUT'])
  })
})

describe('a name server that', () => {
  it.each(['ESERVFAIL', 'ETIMEOUT', 'ECONNREFUSED', 'EREFUSED'])(
    'fails (%s) keeps the list, emits a fault, and is asked after growing waits',
    async (code) => {
      const { clock, pool, names, faults, said, asked } = made({ family: 4 })
      said.set('A api.test', addresses(5, '10.0.0.1'))
      await pool.ready()
      said.set('A api.test', denied(code))
      await clock.advance(5000 + 1000 + 2000 + 4000)

      expect(asked).toHaveLength(5)
      expect(names()).toEqual(['10.0.0.1:80'])
      expect(new Set(faults())).toEqual(new Set([`Error: query ${code}`]))
      said.set('A api.test', addresses(5, '10.0.0.2'))
      await clock.advance(8000)
      expect(names()).toEqual(['10.0.0.2:80'])
    },
  )

  it('denies the name is queried again soon, and believed from the third denial on', async () => {
    const { clock, pool, names, faults, said, asked } = made({ family: 4 })
    said.set('A api.test', addresses(5, '10.0.0.1'))
    await pool.ready()
    said.delete('A api.test')
    await clock.advance(5000 + 1000)
    expect(faults()).toEqual(new Array(2).fill('Error: api.test has no addresses (ENOTFOUND)'))
    await clock.advance(2000)
    expect(faults().slice(2)).toEqual([
      'TypeError: dns: gave no member, the last list stays',
      'Error: api.test has no addresses (ENOTFOUND)',
    ])
    expect(names()).toEqual(['10.0.0.1:80'])
    // Believed, it is asked at the usual pace.
    const before = asked.length
    await clock.advance(29_999)
    expect(asked).toHaveLength(before)
    await clock.advance(1)
    expect(asked).toHaveLength(before + 1)
  })

  it('denies the name only occasionally is never believed', async () => {
    const { clock, pool, faults, said } = made({ family: 4, confirmations: 2 })
    for (let i = 0; i < 6; i++) {
      said.set('A api.test', i % 2 === 0 ? denied('ENOTFOUND') : addresses(1, '10.0.0.1'))
      if (i === 0) await pool.ready()
      else await clock.advance(1000)
    }
    expect(faults()).toEqual(new Array(3).fill('Error: api.test has no addresses (ENOTFOUND)'))
  })

  it('fails with something that is not an Error is reported too', async () => {
    const { pool, faults } = made({
      resolver: { ...fakeResolver(), resolve4: () => Promise.reject(undefined) },
      family: 4,
    })
    await pool.ready()
    expect(faults()).toEqual(['undefined'])
  })

  it('returns no addresses counts as ENODATA', async () => {
    const { pool, faults, said } = made()
    said.set('A api.test', [])
    await pool.ready()
    expect(faults()).toEqual(['Error: api.test has no addresses (ENODATA)'])
  })

  it('never answers is given up after `timeout`, and queried again', async () => {
    const { clock, pool, faults, said, asked } = made({ family: 4, timeout: '3s' })
    said.set('A api.test', 'silence')
    await clock.settle(pool.ready())
    expect(clock.now()).toBe(3000)
    expect(faults()).toEqual(['TimeoutError: The check took too long'])
    said.set('A api.test', addresses(5, '10.0.0.1'))
    await clock.advance(1000)
    expect(asked).toHaveLength(2)
    expect(pool.members).toHaveLength(1)
    pool.close()
    expect(clock.pending).toBe(0)
  })
})

describe('over a real socket', () => {
  const wait = { interval: 5, timeout: 5000 }

  it('queries the given servers, and uses their answers', async () => {
    const server = await nameServer()
    server.zone.set('A api.test', [a('api.test', '10.0.0.1', 7), a('api.test', '10.0.0.2', 5)])
    server.zone.set('AAAA api.test', [aaaa('api.test', '2001:db8::1', 9)])
    const { clock, pool, names } = made({ servers: [server.address], resolver: undefined as never, jitter: 0 })
    await pool.ready()
    expect(names().sort()).toEqual(['10.0.0.1:80', '10.0.0.2:80', '[2001:db8::1]:80'])
    server.zone.set('A api.test', [a('api.test', '10.0.0.3')])
    await clock.advance(5000)
    await vi.waitFor(() => expect(names()).toEqual(['[2001:db8::1]:80', '10.0.0.3:80']), wait)
    pool.close()
    expect(clock.pending).toBe(0)
  })

  it('reports a server that fails, denies or is silent by the codes of the resolver', async () => {
    const server = await nameServer()
    for (const [said, code] of [
      ['SERVFAIL', 'ESERVFAIL'],
      ['REFUSED', 'EREFUSED'],
      ['NXDOMAIN', 'ENOTFOUND'],
      ['silence', 'ETIMEOUT'],
    ] as const) {
      server.zone.set('A api.test', said)
      const { pool, faults } = made({
        servers: [server.address],
        resolver: undefined as never,
        family: 4,
        timeout: 500,
      })
      await pool.ready()
      pool.close()
      expect(faults()[0]).toContain(code)
    }
  })

  it('queries each server as often as `tries` says', async () => {
    const server = await nameServer()
    server.zone.set('A api.test', 'silence')
    const { pool, faults } = made({
      servers: [server.address],
      resolver: undefined as never,
      family: 4,
      timeout: 200,
      tries: 1,
    })
    await pool.ready()
    expect(faults()[0]).toContain('ETIMEOUT')
    expect(server.asked).toEqual(['A api.test'])
  })

  it('cancels its own queries when the pool is closed', async () => {
    const cancel = vi.spyOn(Resolver.prototype, 'cancel')
    const server = await nameServer()
    server.zone.set('A api.test', 'silence')
    const { clock, pool } = made({ servers: [server.address], resolver: undefined as never, family: 4 })
    const ready = pool.ready()
    pool.close()
    await ready
    expect(cancel).toHaveBeenCalledTimes(1)
    expect(clock.pending).toBe(0)
    cancel.mockClear()

    const given = made()
    given.said.set('A api.test', 'silence')
    const other = given.pool.ready()
    given.pool.close()
    await other
    expect(cancel).not.toHaveBeenCalled()
    cancel.mockRestore()
  })

  it("uses Node's own resolver, and by default the system's servers", async () => {
    const server = await nameServer()
    server.zone.set('A api.test', [a('api.test', '10.0.0.1')])
    const resolver = new Resolver()
    resolver.setServers([server.address])
    const { pool, names } = made({ resolver, family: 4 })
    await pool.ready()
    expect(names()).toEqual(['10.0.0.1:80'])

    const { pool: system, clock } = made({ resolver: undefined as never, family: 4 })
    const ready = system.ready()
    system.close()
    await ready
    expect(clock.pending).toBe(0)
  })
})

describe('options', () => {
  const port = 80
  it.each([
    ['', { port }, 'dnsMembers: host must be a name, got ""'],
    ['10.0.0.1', { port }, 'dnsMembers: host must be a name, got "10.0.0.1"'],
    ['::1', { port }, 'dnsMembers: host must be a name, got "::1"'],
    ['a b', { port }, 'dnsMembers: host must be a name, got "a b"'],
    [5, { port }, 'dnsMembers: host must be a name, got 5'],
    ['a', {}, 'dnsMembers: port must be an integer from 1 to 65535, got undefined'],
    ['a', { port: 0 }, 'dnsMembers: port must be an integer from 1 to 65535, got 0'],
    ['a', { port: 65_536 }, 'dnsMembers: port must be an integer from 1 to 65535, got 65536'],
    ['a', { port, family: 5 }, "dnsMembers: family must be 4, 6 or 'both', got 5"],
    [
      'a',
      { port, servers: [] },
      'dnsMembers: servers must be a non-empty array of IP addresses, with ports or without, got an array',
    ],
    ['a', { port, servers: ['ns.test'] }, 'dnsMembers: servers must be a non-empty array of IP addresses'],
    ['a', { port, servers: 5 }, 'dnsMembers: servers must be a non-empty array of IP addresses'],
    ['a', { port, tries: 0 }, 'dnsMembers: tries must be an integer >= 1, got 0'],
    ['a', { port, resolver: {} }, 'dnsMembers: resolver must be a resolver, got an object'],
    ['a', { port, resolver: null }, 'dnsMembers: resolver must be a resolver, got null'],
    ['a', { port, confirmations: 0 }, 'dnsMembers: confirmations must be an integer >= 1, got 0'],
    ['a', { port, ttl: 5 }, 'dnsMembers: "ttl" is not an option; it takes port, '],
  ])('are refused if invalid: %s %j', (host, options, message) => {
    expect(() => dnsMembers(host as string, options as never)).toThrow(message)
  })
})
