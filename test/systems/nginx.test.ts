/** The adapter and the selections beside a live Nginx: who is picked, and files that it reads again. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { consistentHash, failoverPool, ketama, type MemberOptions, weighted } from 'holdfast/failover'
import { healthAnswer, type UpstreamFile, upstreamBlock, upstreamFile } from 'holdfast/nginx'
import { seededRandom } from 'holdfast/testing'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import golden from '../data/nginx-golden.json'
import { Client } from './support/client.ts'
import { describeSystem, freePort, launch, listens, pause, type Running, scratch, until } from './support/system.ts'
import { expectShares, named, serving, shares } from './traffic.ts'

// Other tests may keep the machine busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const letters = ['a', 'b', 'c', 'd', 'e', 'f']
const random = seededRandom(1221)
const upTo = (most: number) => Math.floor(random() * most)

const recorded = [golden.cases.swrr_5_1_1, golden.cases.swrr_4_2_1, golden.cases.rr_1_1_1]
/** Two to six servers of weights from 1 to 20. */
const drawn = Array.from({ length: 12 }, () => Array.from({ length: 2 + upTo(5) }, () => 1 + upTo(20)))
const keys = Array.from({ length: 300 }, (_, i) => `key-${i}`)
const rings = [
  [1, 1, 1],
  [3, 1, 2, 5],
]

describeSystem('a live Nginx', ['nginx'], () => {
  const folder = scratch()
  const client = new Client()
  const pool = failoverPool<MemberOptions<string>>([], { outlier: { consecutiveFailures: 3, ejectFor: '1m' } })
  let targets: readonly string[] = []
  let base = ''
  let file: UpstreamFile
  let server: Running | undefined
  let draining = false
  const faults: unknown[] = []

  /** The members of an upstream: the first of the backends, by weight. */
  const members = (weights: readonly number[]): MemberOptions<string>[] =>
    weights.map((weight, i) => ({ target: targets[i] as string, weight }))
  const upstreams = () => [
    ...[...recorded.map(({ weights }) => Object.values(weights)), ...drawn].map((weights, i) =>
      upstreamBlock({ upstream: `w${i}`, servers: members(weights) }),
    ),
    ...rings.map((weights, i) =>
      upstreamBlock({ upstream: `h${i}`, directives: ['hash $arg_k consistent'], servers: members(weights) }),
    ),
  ]

  beforeAll(async () => {
    const ports = await Promise.all(letters.map(named))
    targets = ports.map((port) => `127.0.0.1:${port}`)
    const health = healthAnswer({ draining: () => draining })
    const healthy = await serving((request, response) => (draining ? health(request, response) : response.end('own')))
    const port = await freePort()
    base = `http://127.0.0.1:${port}`
    const path = join(folder, 'upstream.conf')
    // Who deploys may link it, and give it rights of its own.
    mkdirSync(join(folder, 'deployed'))
    writeFileSync(join(folder, 'deployed/upstream.conf'), '')
    chmodSync(join(folder, 'deployed/upstream.conf'), 0o640)
    symlinkSync('deployed/upstream.conf', path)
    const pidFile = join(folder, 'nginx.pid')
    for (const member of members([5, 1, 1])) pool.add(member)
    const rules = { upstream: 'kept', path, every: '50ms', refresh: '1s' } as const
    const first = upstreamFile(pool, { ...rules, reload: () => {} })
    expect(await first.flush()).toBe(true)
    await first.close()
    const names = ['kept', 'own', ...[...recorded, ...drawn].map((_, i) => `w${i}`), ...rings.map((_, i) => `h${i}`)]
    const own = upstreamBlock({
      upstream: 'own',
      servers: [{ target: `127.0.0.1:${healthy}` }, { target: targets[0] }],
    })
    const locations = names.map((name) => `location = /${name} { proxy_pass http://${name}; }`)
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path tmp_${name};`,
    )
    const config = `
worker_processes 1;
daemon off;
pid ${pidFile};
error_log stderr error;
events { worker_connections 512; }
http {
  access_log off;
  keepalive_requests 100000;
  ${temporary.join(' ')}
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_next_upstream error timeout http_503;
  include ${path};
  ${[...upstreams(), own].join('  ')}
  server { listen 127.0.0.1:${port}; ${locations.join('\n')} }
}
`
    writeFileSync(join(folder, 'nginx.conf'), config)
    const args = ['-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')]
    server = await launch('nginx', args, { ready: () => until(() => listens(port)) })
    await until(() => readFileSync(pidFile, 'utf8') !== '')
    file = upstreamFile(pool, { ...rules, pidFile, onFault: ({ error }) => faults.push(error) })
    expect(await file.flush()).toBe(false)
  })

  afterAll(async () => {
    client.close()
    await file?.close()
    await server?.stop()
  })

  /** Who answers so many requests, one after the other. */
  async function sequence(name: string, count: number): Promise<string> {
    let picked = ''
    for (let i = 0; i < count; i++) picked += await client.get(`${base}/${name}`)
    return picked
  }

  it.each(recorded.map(({ weights, seq }, i) => [Object.values(weights).join('/'), i, seq] as const))(
    'picks by %s as was recorded',
    async (_weights, i, seq) => {
      expect(await sequence(`w${i}`, seq.length)).toBe(seq)
    },
  )

  it.each(drawn.map((weights, i) => [weights.join('/'), weights, i + recorded.length] as const))(
    'picks by %s whom weighted() picks, one by one',
    async (_weights, weights, i) => {
      const ours = failoverPool(
        weights.map((weight, j) => ({ target: letters[j] as string, weight })),
        { selection: weighted() },
      )
      const count = 80
      let picked = ''
      for (let n = 0; n < count; n++) picked += await ours.execute(({ target }) => target)

      expect(await sequence(`w${i}`, count)).toBe(picked)
    },
  )

  it.each(rings.map((weights, i) => [weights.join('/'), weights, i] as const))(
    'lays 300 keys on servers of weights %s as consistentHash({ table: ketama() }) does',
    async (_weights, weights, i) => {
      const ours = failoverPool(members(weights), { selection: consistentHash({ table: ketama() }) })
      const letterOf = (target: string) => letters[targets.indexOf(target)]
      const wanted = await Promise.all(keys.map((key) => ours.execute(({ target }) => letterOf(target), { key })))
      const found: string[] = []
      for (const key of keys) found.push(await client.get(`${base}/h${i}?k=${key}`))

      expect(found).toEqual(wanted)
      expect(new Set(found).size).toBe(weights.length)
    },
  )

  describe('with a file that follows a pool', () => {
    const url = () => `${base}/kept`
    /** Until the file is in force: Nginx takes a moment to change its workers, and both serve meanwhile. */
    const inForce = (wanted: Readonly<Record<string, number>>) =>
      until(async () => expectShares(await shares(url(), 210), wanted))

    it('shares its traffic by the weights of the pool', async () => {
      expectShares(await shares(url()), { a: 5 / 7, b: 1 / 7, c: 1 / 7 })
      pool.update(targets[0] as string, { weight: 2 })
      pool.update(targets[1] as string, { weight: 6 })
      pool.update(targets[2] as string, { weight: 2 })
      await file.flush()
      await inForce({ a: 0.2, b: 0.6, c: 0.2 })

      expectShares(await shares(url()), { a: 0.2, b: 0.6, c: 0.2 })
    })

    it('accepts weights that are not integers', async () => {
      pool.update(targets[0] as string, { weight: 0.25 })
      pool.update(targets[1] as string, { weight: 0.5 })
      pool.update(targets[2] as string, { weight: 0 })
      await file.flush()
      await inForce({ a: 1 / 3, b: 2 / 3 })
    })

    it('leaves out members that the pool ejects or drains, and adds new ones, by itself', async () => {
      for (const target of targets.slice(0, 3)) pool.update(target, { weight: 1 })
      pool.add({ target: targets[3] as string })
      const fail = () => Promise.reject(new Error('down'))
      while (pool.members[1]?.state !== 'ejected') {
        await pool.execute(({ target }) => (target === targets[1] ? fail() : target))
      }
      void pool.drain(targets[2] as string)
      await inForce({ a: 0.5, d: 0.5 })
    })

    it('is reloaded again and again, and no call over kept-alive connections through a pool fails', async () => {
      const front = failoverPool([base])
      const log = { calls: 0, failed: [] as unknown[], reconnects: 0 }
      front.on('reconnect', () => log.reconnects++)
      let over = false
      const caller = async (): Promise<void> => {
        while (!over) {
          log.calls++
          await front
            .execute(({ target, fresh }) => client.get(`${target}/kept`, undefined, fresh === true))
            .catch((error: unknown) => log.failed.push(error))
          // Connections are left idle, which is when a reload closes them.
          if (log.calls % 3 === 0) await pause(2)
        }
      }
      const callers = Array.from({ length: 6 }, caller)
      let reloads = 0
      for (let i = 0; i < 15; i++) {
        pool.update(targets[0] as string, { weight: 2 - (i % 2) })
        if (await file.flush()) reloads++
        await pause(100)
      }
      over = true
      await Promise.all(callers)

      expect(log.failed).toEqual([])
      expect(reloads).toBe(15)
      expect(log.calls).toBeGreaterThan(500)
      expect(faults).toEqual([])
    })

    it('leaves out a member whose name does not resolve, so that Nginx accepts all other changes', async () => {
      const lost = 'http://lost.invalid:80'
      for (const { name } of pool.members) pool.update(name, { weight: 1, admin: 'ready' })
      pool.add({ target: lost })
      pool.remove(targets[1] as string)
      pool.update(targets[2] as string, { weight: 2 })
      await file.flush()
      await inForce({ a: 0.25, c: 0.5, d: 0.25 })

      expect(faults).toEqual([expect.objectContaining({ message: expect.stringContaining(`got "${lost}"`) })])
      pool.remove(lost)
    })

    it('keeps the link and the mode of its target, and leaves no other file beside either', () => {
      const real = join(folder, 'deployed/upstream.conf')

      expect(lstatSync(join(folder, 'upstream.conf')).isSymbolicLink()).toBe(true)
      expect(statSync(real).mode & 0o7777).toBe(0o640)
      expect(readFileSync(real, 'utf8')).toBe(file.text)
      expect(readdirSync(join(folder, 'deployed'))).toEqual(['upstream.conf'])
      expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([])
    })

    it('would reject the whole file for such a name', async () => {
      const port = await freePort()
      const config = (text: string) => `
events {}
pid ${join(folder, 'other.pid')};
http { ${text} server { listen 127.0.0.1:${port}; location / { proxy_pass http://named; } } }
`
      const check = (target: string) => {
        writeFileSync(
          join(folder, 'named.conf'),
          config(upstreamBlock({ upstream: 'named', servers: [{ target }, { target: targets[0] }] })),
        )
        return spawnSync('nginx', ['-t', '-p', folder, '-e', 'stderr', '-c', join(folder, 'named.conf')], {
          encoding: 'utf8',
        })
      }

      expect(check('lost.invalid:80').stderr).toContain('host not found in upstream')
      expect(check('127.0.0.1:80').status).toBe(0)
    })
  })

  it('moves on from a server that answers as healthAnswer() does while it drains', async () => {
    expectShares(await shares(`${base}/own`, 100), { a: 0.5, own: 0.5 })
    draining = true

    expectShares(await shares(`${base}/own`, 100), { a: 1 })
  })
})
