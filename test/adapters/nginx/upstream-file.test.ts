import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { failoverPool, type MemberOptions, roundRobin } from 'holdfast/failover'
import { type UpstreamFile, type UpstreamFileOptions, upstreamFile } from 'holdfast/nginx'
import { virtualClock } from 'holdfast/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

let folder = ''
const files: UpstreamFile[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-nginx-'))
})

afterEach(async () => {
  await Promise.all(files.splice(0).map((file) => file.close()))
  rmSync(folder, { recursive: true, force: true })
  vi.restoreAllMocks()
})

const two: readonly MemberOptions<string>[] = [
  { target: 'http://10.0.0.1:80', name: 'a', weight: 2 },
  { target: 'http://10.0.0.2:80', name: 'b' },
]

function kept(options: Partial<UpstreamFileOptions> = {}, members: readonly MemberOptions<string>[] = two) {
  const clock = virtualClock()
  const pool = failoverPool(members, { clock, selection: roundRobin(), slowStart: '10s', random: () => 0 })
  const path = join(folder, 'api.conf')
  const reload = vi.fn<NonNullable<UpstreamFileOptions['reload']>>()
  const faults: unknown[] = []
  const file = upstreamFile(pool, {
    upstream: 'api',
    path,
    reload,
    onFault: ({ error }) => faults.push(error),
    ...options,
  })
  files.push(file)
  const read = () => readFileSync(path, 'utf8')
  /** What is said of each server, from the file. */
  const servers = () => [...read().matchAll(/server 10\.0\.0\.\d+:80 (.*);/g)].map((match) => match[1])
  /** Moves time until it is so, for at most `within` ms. */
  const soon = async (check: () => void, within = 100): Promise<void> => {
    const end = clock.now() + within
    const step = async () => {
      if (clock.now() < end) await clock.advance(within / 10)
      check()
    }
    await vi.waitFor(step, { interval: 5, timeout: 4000 })
  }
  const reloaded = (times: number, within?: number) => soon(() => expect(reload).toHaveBeenCalledTimes(times), within)
  /** Ejects `a`. */
  const fail = async () => {
    const bad = () => Promise.reject(new Error('down'))
    while (pool.members[0]?.state !== 'ejected') await pool.execute(({ member }) => (member === 'a' ? bad() : 1))
  }
  return { clock, pool, path, reload, faults, file, read, servers, soon, reloaded, fail }
}

describe('upstreamFile', () => {
  it('writes the members at once, atomically, and reloads', async () => {
    const { reloaded, read, file } = kept({ directives: ['keepalive 8'], maxFails: 0, failTimeout: '5s' })
    await reloaded(1)

    expect(read()).toBe(
      '# Kept by holdfast: what is changed here by hand is overwritten.\n' +
        'upstream api {\n' +
        '    keepalive 8;\n' +
        '    server 10.0.0.1:80 weight=2 max_fails=0 fail_timeout=5s;\n' +
        '    server 10.0.0.2:80 weight=1 max_fails=0 fail_timeout=5s;\n' +
        '}\n',
    )
    expect(file.text).toBe(read())
    expect(readdirSync(folder)).toEqual(['api.conf'])
  })

  it('neither writes nor reloads when nothing has changed', async () => {
    const first = kept()
    await first.reloaded(1)
    await first.file.close()
    const { clock, reload, file } = kept()
    await clock.advance('1m')

    expect(await file.flush()).toBe(false)
    expect(reload).not.toHaveBeenCalled()
  })

  it('writes an ejection within moments, and the recovery in steps', async () => {
    const { clock, pool, servers, soon, reloaded, fail, reload } = kept({ every: '500ms' })
    await reloaded(1)
    await clock.advance('1s')
    await fail()
    await soon(() => expect(servers()).toEqual(['weight=2 down', 'weight=1']))

    await clock.advance('1m')
    await pool.execute(() => 1)
    expect(pool.members[0]).toMatchObject({ state: 'warming', warmth: 0.1 })
    await soon(() => expect(servers()).toEqual(['weight=20', 'weight=100']))
    const before = reload.mock.calls.length
    await soon(() => expect(servers()).toEqual(['weight=2', 'weight=1']), 30_000)
    // Whoever is slow to write sees fewer steps.
    expect(reload.mock.calls.length - before).toBeLessThanOrEqual(10)
  })

  it('batches changes: at most one write in `every`', async () => {
    const { clock, pool, servers, reload, reloaded } = kept()
    await reloaded(1)
    const since = clock.now()
    void pool.drain('a')
    await clock.advance(50)
    pool.update('a', { admin: 'ready' })
    pool.update('b', { admin: 'maintenance' })
    await clock.advance(50)
    expect(reload).toHaveBeenCalledTimes(1)

    await reloaded(2, 1000)
    expect(clock.now() - since).toBeGreaterThanOrEqual(700)
    expect(servers()).toEqual(['weight=2', 'weight=1 down'])
  })

  it('keeps `every` between writes that no event caused', async () => {
    const { clock, pool, reload, reloaded } = kept({ every: '1m', refresh: '1s' })
    await reloaded(1)
    pool.update('b', { weight: 7 })
    await clock.advance('50s')
    expect(reload).toHaveBeenCalledTimes(1)

    await reloaded(2, 20_000)
  })

  it('detects changes that no event reports: a weight, and a file changed by others', async () => {
    const { pool, path, servers, soon, reloaded } = kept()
    await reloaded(1)
    pool.update('b', { weight: 7 })
    await soon(() => expect(servers()).toEqual(['weight=2', 'weight=7']), 20_000)
    writeFileSync(path, 'upstream api {}')

    await soon(() => expect(servers()).toEqual(['weight=2', 'weight=7']), 20_000)
  })

  it('marks lower tiers as backup, and follows members that come and go', async () => {
    const { pool, servers, soon, reloaded } = kept({ every: 0 }, [...two, { target: '10.0.0.3:80', priority: 5 }])
    await reloaded(1)
    expect(servers()).toEqual(['weight=2', 'weight=1', 'weight=1 backup'])
    pool.remove('a')
    pool.remove('b')
    pool.add({ target: '10.0.0.4:80', priority: 9 })

    await soon(() => expect(servers()).toEqual(['weight=1', 'weight=1 backup']))
  })

  it('ignores ejections when too few members are healthy', async () => {
    const { pool, servers, soon, reloaded, fail } = kept({ every: 0, panic: 0.6 })
    await reloaded(1)
    await fail()
    void pool.drain('b')

    // Half of the members that serve are out, but then none is left.
    await soon(() => expect(servers()).toEqual(['weight=2', 'weight=1 down']))
  })

  it('uses the addresses of `target`', async () => {
    const { reloaded, read } = kept({ target: ({ name }) => ({ host: name === 'a' ? '10.1.1.1' : '::1', port: 8080 }) })
    await reloaded(1)

    expect(read()).toContain('server 10.1.1.1:8080 weight=2;')
    expect(read()).toContain('server [::1]:8080 weight=1;')
  })

  it('accepts any address: IPv4, IPv6 and sockets', async () => {
    const targets = ['10.0.0.1', '10.0.0.1:80', '[::1]:80', 'http://[::1]:80/path', 'unix:/run/api.sock']
    const { reloaded, read, faults } = kept(
      {},
      targets.map((target) => ({ target })),
    )
    await reloaded(1)

    expect(read().match(/server (\S+)/g)).toEqual([
      'server 10.0.0.1',
      'server 10.0.0.1:80',
      'server [::1]:80',
      'server [::1]:80',
      'server unix:/run/api.sock',
    ])
    expect(faults).toEqual([])
  })

  it('writes host names with `names`', async () => {
    const { reloaded, read, faults } = kept({
      names: true,
      target: ({ name }) => ({ host: `${name}.internal`, port: 8080 }),
    })
    await reloaded(1)

    expect(read()).toContain('server a.internal:8080 weight=2;')
    expect(faults).toEqual([])
  })

  it('writes at once with flush(), and returns whether the file changed', async () => {
    const { pool, servers, file, reload } = kept()
    expect(await file.flush()).toBe(true)
    pool.update('b', { weight: 3 })

    expect(await Promise.all([file.flush(), file.flush()])).toEqual([true, false])
    expect(servers()).toEqual(['weight=2', 'weight=3'])
    expect(reload).toHaveBeenCalledTimes(2)
  })

  it('writes nothing until there is a member', async () => {
    const { clock, faults, file, reload } = kept({}, [])
    await clock.advance('1m')

    expect(await file.flush()).toBe(false)
    expect([faults, readdirSync(folder), reload.mock.calls]).toEqual([[], [], []])
  })

  it('closes: no timer remains, and nothing more is written', async () => {
    const { clock, pool, file, reload, reloaded } = kept()
    await reloaded(1)
    await Promise.all([file.close(), file.close()])
    void pool.drain('a')
    await clock.advance('1m')

    expect(clock.pending).toBe(0)
    expect(reload).toHaveBeenCalledTimes(1)
    await expect(file.flush()).rejects.toThrow('upstreamFile: closed')
  })
})

describe('failures', () => {
  it('are reported and retried: a failed reload is made up for', async () => {
    const { reload, faults, soon, reloaded, file } = kept()
    reload.mockImplementation(() => {
      throw new Error('no nginx')
    })
    await soon(() => expect(faults).toEqual([expect.objectContaining({ message: 'no nginx' })]))
    await expect(file.flush()).rejects.toThrow('no nginx')
    reload.mockReset()

    await reloaded(1, 20_000)
    expect(await file.flush()).toBe(false)
    expect(reload).toHaveBeenCalledTimes(1)
  })

  it('include a reload that returns a Response which is not ok', async () => {
    const { faults, soon, reload } = kept()
    reload.mockImplementation(() => new Response(null, { status: 500 }))
    const message = 'the reload was answered with 500'

    await soon(() => expect(faults).toEqual([expect.objectContaining({ message })]))
  })

  it('include a reload that hangs, beside which no other starts', async () => {
    const { clock, reload, faults, soon, reloaded, file } = kept({ timeout: '2s' })
    let signal: AbortSignal | undefined
    let release = (): void => {}
    reload.mockImplementationOnce((given) => {
      signal = given.signal
      return new Promise<void>((resolve) => {
        release = resolve
      })
    })
    await reloaded(1)
    await soon(() => expect(faults).toEqual([expect.objectContaining({ name: 'TimeoutError' })]), 20_000)
    expect(signal?.aborted).toBe(true)
    await expect(file.flush()).rejects.toThrow('upstreamFile: the previous reload is still running')
    release()
    await clock.advance(0)

    await reloaded(2, 20_000)
  })

  it('include the file: the last one stays, without leftovers beside it', async () => {
    const { faults, soon, reload } = kept({ path: join(folder, 'not/there.conf') })
    await soon(() => expect(faults).toEqual([expect.objectContaining({ code: 'ENOENT' })]))

    expect(readdirSync(folder)).toEqual([])
    expect(reload).not.toHaveBeenCalled()
  })

  it('include a folder in place of the file', async () => {
    const { faults, soon } = kept({ path: folder })
    await soon(() => expect(faults).toEqual([expect.objectContaining({ code: 'EISDIR' })]))
  })

  it.each([
    ['is no address', '10.0.0.3:80; evil', 'host:port, a URL, or unix:/path'],
    ['has a host name', 'http://api.internal:80', 'an address, not a host name (or set names: true)'],
    ['has no address of version 6', 'http://[::::]:80', 'host:port, a URL, or unix:/path'],
  ])('include a member whose target %s: it is reported once, and the rest is written', async (_, target, expected) => {
    const { pool, clock, faults, soon, reloaded, servers } = kept({ every: 0, target: ({ target }) => target })
    await reloaded(1)
    pool.add({ target, name: 'odd' })
    await soon(() => expect(faults).toHaveLength(1))
    pool.update('b', { weight: 7 })
    await soon(() => expect(servers()).toEqual(['weight=2', 'weight=7']), 20_000)
    await clock.advance('1m')

    const message = `upstreamFile: member odd is left out: target must be ${expected}, got "${target}"`
    expect(faults).toEqual([new TypeError(message)])
  })

  it('include a `target` that throws, reported again if it worked in between', async () => {
    let broken = true
    const error = new Error('who?')
    const { clock, faults, soon, servers } = kept({
      every: 0,
      target: ({ name, target }) => {
        if (name === 'a' && broken) throw error
        return target
      },
    })
    await soon(() => expect(faults).toEqual([error]))
    await soon(() => expect(servers()).toEqual(['weight=1']))
    broken = false
    await soon(() => expect(servers()).toEqual(['weight=2', 'weight=1']), 20_000)
    broken = true
    await soon(() => expect(servers()).toEqual(['weight=1']), 20_000)
    await clock.advance('1m')

    expect(faults).toEqual([error, error])
  })

  it('include every member: the file stays as it is', async () => {
    const { pool, faults, soon, reloaded, read, file, reload } = kept({ every: 0 })
    await reloaded(1)
    const before = read()
    pool.add('api.internal:80')
    for (const name of ['a', 'b']) pool.remove(name)
    await soon(() => expect(faults).toHaveLength(1))

    expect(await file.flush()).toBe(false)
    expect(() => file.text).toThrow('servers must be a non-empty array')
    expect(read()).toBe(before)
    expect(reload).toHaveBeenCalledTimes(1)
  })

  it('include the whole first tier: then the next tier is no backup, since Nginx refuses backups alone', async () => {
    const { servers, reloaded } = kept({}, [{ target: 'api.internal:80' }, { target: '10.0.0.3:80', priority: 2 }])
    await reloaded(1)

    expect(servers()).toEqual(['weight=1'])
  })

  it('are warned of once without a listener', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    const clock = virtualClock()
    const where = { upstream: 'api', path: join(folder, 'x.conf'), pidFile: join(folder, 'pid') }
    files.push(upstreamFile(failoverPool(['not an address']), { ...where, clock }))
    await clock.advance(0)

    await vi.waitFor(() => expect(warn).toHaveBeenCalledTimes(1))
  })

  it('use the real clock when the pool has none', async () => {
    const where = { upstream: 'api', path: join(folder, 'x.conf'), pidFile: join(folder, 'pid') }
    const told = new Promise((resolve) =>
      files.push(upstreamFile(failoverPool(['10.0.0.1:80']), { ...where, onFault: resolve, name: 'mine' })),
    )

    expect(await told).toMatchObject({
      policy: 'mine',
      kind: 'upstreamFile',
      source: 'nginx',
      error: { code: 'ENOENT' },
    })
  })

  it('skip the reload when it is closed while writing', async () => {
    const { file, reload, read } = kept()
    const flushed = file.flush()
    for (let i = 0; i < 3; i++) await undefined
    await file.close()

    expect(await flushed).toBe(true)
    expect(read()).toContain('upstream api')
    expect(reload).not.toHaveBeenCalled()
  })

  it('are not reported after it is closed', async () => {
    const { clock, faults, file, reload } = kept()
    reload.mockImplementation(({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', reject)))
    await clock.advance(0)
    await vi.waitFor(() => expect(reload).toHaveBeenCalledTimes(1))
    await file.close()
    await clock.advance('1m')

    expect(faults).toEqual([])
  })
})

describe('a pid file', () => {
  it('names the process that gets the signal', async () => {
    const pidFile = join(folder, 'nginx.pid')
    writeFileSync(pidFile, `${process.pid}\n`)
    const signals = vi.fn()
    process.on('SIGHUP', signals)
    const { file } = kept({ reload: undefined as never, pidFile })
    await file.flush()

    await vi.waitFor(() => expect(signals).toHaveBeenCalledTimes(1))
    process.off('SIGHUP', signals)
  })

  it.each(['', 'x', '-1', '0', '1', '12 34', '1e3'])('that contains %j is refused', async (content) => {
    const pidFile = join(folder, 'nginx.pid')
    writeFileSync(pidFile, content)
    const { file } = kept({ reload: undefined as never, pidFile })

    await expect(file.flush()).rejects.toThrow(`${pidFile} contains no process id`)
  })
})

describe('invalid arguments', () => {
  it('are refused', () => {
    const pool = failoverPool(['a:1'])
    const options = { upstream: 'api', path: '/x', pidFile: '/y' }
    const refusal = (given: object) => () => upstreamFile(pool, { ...options, ...given } as UpstreamFileOptions)

    expect(() => upstreamFile({} as never, options)).toThrow(
      'upstreamFile: pool must be a failover pool, got an object',
    )
    expect(refusal({ pidFile: undefined })).toThrow(
      'upstreamFile: exactly one of pidFile and reload must be given, got',
    )
    expect(refusal({ reload: () => 1 })).toThrow('upstreamFile: exactly one of pidFile and reload must be given, got')
    expect(refusal({ path: '' })).toThrow('upstreamFile: path must be a non-empty string, got ""')
    expect(refusal({ every: -1 })).toThrow('upstreamFile: every must be a duration >= 0, got -1')
    expect(refusal({ panic: 2 })).toThrow('upstreamFile: panic must be a number from 0 to 1, got 2')
    expect(refusal({ upstream: 'a b' })).toThrow('upstreamFile: upstream must be a name')
    expect(refusal({ names: 1 })).toThrow('upstreamFile: names must be a boolean, got 1')
    expect(refusal({ evry: 1 })).toThrow('did you mean every?')
  })
})
