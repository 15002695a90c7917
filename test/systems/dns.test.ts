/** Members from a real name server: dnsmasq. A records are read again on SIGHUP, SRV records at a restart. */
import { Resolver } from 'node:dns/promises'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dnsMembers, srvMembers } from 'holdfast/dns'
import { failoverPool, random, tiers } from 'holdfast/failover'
import { recorder, seededRandom } from 'holdfast/testing'
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { describeSystem, freePort, launch, pause, type Running, scratch, until } from './support/system.ts'

describeSystem('members by dnsmasq', ['dnsmasq'], () => {
  const folder = scratch()
  const hosts = join(folder, 'hosts')
  const config = join(folder, 'dnsmasq.conf')
  const closers: (() => void)[] = []
  let port: number
  let server: Running

  const say = (...lines: readonly string[]) => writeFileSync(hosts, `${lines.join('\n')}\n`)

  async function start() {
    const resolver = new Resolver({ timeout: 100, tries: 1 })
    resolver.setServers([`127.0.0.1:${port}`])
    server = await launch('dnsmasq', ['-C', config, '--keep-in-foreground', '--pid-file='], {
      ready: () => until(() => resolver.resolve4('up.svc.test')),
    })
  }

  beforeAll(async () => {
    port = await freePort()
    writeFileSync(
      config,
      `port=${port}
      listen-address=127.0.0.1
      bind-interfaces
      no-resolv
      no-hosts
      no-poll
      user=root
      local-ttl=1
      local=/test/
      addn-hosts=${hosts}
      srv-host=_api._tcp.svc.test,a.svc.test,18101,10,5
      srv-host=_api._tcp.svc.test,b.svc.test,18102,10,1
      srv-host=_api._tcp.svc.test,c.svc.test,18103,20,1
      srv-host=_none._tcp.svc.test
      `.replaceAll(/^ +/gm, ''),
    )
  })

  beforeEach(async () => {
    say('127.0.0.9 up.svc.test', '10.0.0.1 api.svc.test', '10.0.0.2 api.svc.test')
    await start()
  })

  afterEach(async () => {
    for (const close of closers.splice(0)) close()
    await server.stop('SIGKILL')
  })

  function pooled(source: Parameters<typeof failoverPool<{ host: string; port: number }>>[0]) {
    const pool = failoverPool(source, { selection: tiers(random()), random: seededRandom(3) })
    closers.push(() => pool.close())
    const log = recorder(pool)
    const names = () => pool.members.map(({ name }) => name).sort()
    const faults = () => log.of('fault').map(({ error }) => String(error))
    return { pool, log, names, faults }
  }

  const options = () => ({ servers: [`127.0.0.1:${port}`], every: 200, timeout: 500, refresh: 200 }) as const
  const api = () => dnsMembers('api.svc.test', { port: 80, ...options() })

  it('notices a changed record within its TTL and the jitter, and keeps its state of the others', async () => {
    const { pool, names, faults } = pooled(api())
    await pool.ready()
    expect(names()).toEqual(['10.0.0.1:80', '10.0.0.2:80'])
    await Promise.all(Array.from({ length: 20 }, () => pool.execute(() => 1)))
    say('127.0.0.9 up.svc.test', '10.0.0.2 api.svc.test', '10.0.0.3 api.svc.test')
    server.child.kill('SIGHUP')
    const changed = performance.now()
    await until(() => names().includes('10.0.0.3:80'), 3000, 5)

    // 1 s by the server, a tenth more by jitter, and some for a busy machine.
    expect(performance.now() - changed).toBeLessThan(1100 + 300)
    expect(names()).toEqual(['10.0.0.2:80', '10.0.0.3:80'])
    expect(pool.members.find(({ name }) => name === '10.0.0.2:80')).toMatchObject({ state: 'up' })
    expect(faults()).toEqual([])
  })

  it('queries sooner when a member fails', async () => {
    const source = dnsMembers('api.svc.test', { port: 80, ...options(), floor: '1h', refresh: 100 })
    const { pool, names } = pooled(source)
    await pool.ready()
    say('127.0.0.9 up.svc.test', '10.0.0.3 api.svc.test')
    server.child.kill('SIGHUP')
    await pause(150)
    await pool.execute(() => Promise.reject(new Error('down'))).catch(() => {})
    await until(() => names().join() === '10.0.0.3:80', 1000, 5)
  })

  it('keeps the list while the server is dead, or silent, and takes a new one afterwards', async () => {
    const { pool, names, faults } = pooled(api())
    await pool.ready()
    await server.stop('SIGKILL')
    await until(() => faults().some((fault) => fault.includes('ECONNREFUSED')), 3000, 5)
    expect(names()).toEqual(['10.0.0.1:80', '10.0.0.2:80'])
    expect(await pool.execute(({ target }) => target.port)).toBe(80)

    say('127.0.0.9 up.svc.test', '10.0.0.4 api.svc.test')
    await start()
    await until(() => names().join() === '10.0.0.4:80', 3000, 5)
    server.child.kill('SIGSTOP')
    await until(() => faults().some((fault) => /ETIMEOUT|took too long/.test(fault)), 4000, 5)
    expect(names()).toEqual(['10.0.0.4:80'])
  })

  it('keeps the list when its name no longer exists, and reports that', async () => {
    const { pool, names, faults } = pooled(api())
    await pool.ready()
    say('127.0.0.9 up.svc.test')
    server.child.kill('SIGHUP')
    await until(() => faults().length >= 4, 4000, 5)

    expect(names()).toEqual(['10.0.0.1:80', '10.0.0.2:80'])
    expect(new Set(faults())).toEqual(
      new Set([
        'Error: api.svc.test has no addresses (ENOTFOUND)',
        'TypeError: dns: gave no member, the last list stays',
      ]),
    )
  })

  it('takes the records of a service, by name or by address, and draws by their weights', async () => {
    say('127.0.0.9 up.svc.test', '10.0.1.1 a.svc.test', '10.0.1.2 b.svc.test', '10.0.1.3 c.svc.test')
    server.child.kill('SIGHUP')
    const byName = pooled(srvMembers('_api._tcp.svc.test', options()))
    const byAddress = pooled(srvMembers('_api._tcp.svc.test', { ...options(), resolve: 'both' }))
    await byName.pool.ready()
    await until(() => byAddress.pool.ready().then(() => byAddress.names().length === 3))

    expect(byName.names()).toEqual(['a.svc.test:18101', 'b.svc.test:18102', 'c.svc.test:18103'])
    expect(byAddress.names()).toEqual(['10.0.1.1:18101', '10.0.1.2:18102', '10.0.1.3:18103'])
    for (const { pool } of [byName, byAddress]) {
      const count = new Map<number, number>()
      for (let i = 0; i < 6000; i++) {
        const chosen = await pool.execute(({ target }) => target.port)
        count.set(chosen, (count.get(chosen) ?? 0) + 1)
      }
      expect((count.get(18_101) ?? 0) / 6000).toBeCloseTo(5 / 6, 1)
      expect(count.get(18_103)).toBeUndefined()
    }
  })

  it('reports a service that definitely does not exist', async () => {
    const { pool, names, faults } = pooled(srvMembers('_none._tcp.svc.test', options()))
    await pool.ready()
    await until(
      () => faults().includes('Error: _none._tcp.svc.test is explicitly not available at this domain'),
      1000,
      5,
    )
    expect(names()).toEqual([])
  })
})
