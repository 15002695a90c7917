import { type Candidate, failoverPool, type MemberOptions, type Selection } from 'holdfast/failover'
import { haproxyRuntime, type SteerHaproxyOptions, type Steering, steerHaproxy } from 'holdfast/haproxy'
import { virtualClock } from 'holdfast/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Alarm } from '../../../src/core/timer.ts'
import { type StandIn, standIn } from './stand-in.ts'

const header = '# be_name srv_name srv_admin_state srv_uweight srv_iweight'

/** An HAProxy with a backend `api`, which keeps what it is told. */
class Backend {
  readonly servers = new Map<string, { weight: number; admin: 'ready' | 'drain' | 'maint' }>()
  refuses = ''
  #standIn: StandIn | undefined = undefined

  constructor(...names: readonly string[]) {
    for (const name of names) this.servers.set(name, { weight: 100, admin: 'ready' })
  }

  async start(): Promise<this> {
    this.#standIn = await standIn((command) => this.#answer(command))
    return this
  }

  get path(): string {
    return this.#standIn?.path as string
  }

  /** What it was told to change. */
  get changes(): readonly string[] {
    return this.#standIn?.commands.filter((command) => command.startsWith('set')) as readonly string[]
  }

  /** How often it was looked at. */
  get looks(): number {
    return this.#standIn?.commands.filter((command) => command.startsWith('show')).length as number
  }

  async stop(): Promise<void> {
    await this.#standIn?.close()
  }

  #answer(command: string): string {
    if (this.refuses !== '' && command.includes(this.refuses)) return 'No.\n\n'
    if (command === 'show servers state api') {
      const bits = { ready: 0, drain: 8, maint: 1 }
      const rows = [...this.servers].map(([name, { admin, weight }]) => `api ${name} ${bits[admin]} ${weight} 100`)
      return `1\n${header}\n${rows.join('\n')}\n\n`
    }
    const [, name = '', what, value = ''] = /^set server api\/(\w+) (weight|state) (\S+)$/.exec(command) ?? []
    const server = this.servers.get(name)
    if (server === undefined) return 'No such server.\n\n'
    if (what === 'weight') server.weight = value.endsWith('%') ? 100 : Number(value)
    else server.admin = value as 'ready'
    return '\n'
  }
}

const steerings: Steering[] = []
const backends: Backend[] = []

/** Sends a call to the member its key names, else to the first. */
const byKey: Selection = {
  kind: 'byKey',
  start: () => ({ pick: (list, { key }) => (list.find(({ name }) => name === key) ?? list[0]) as Candidate }),
}

async function steered(
  members: readonly (string | MemberOptions<string>)[],
  options: Partial<SteerHaproxyOptions> = {},
) {
  const clock = virtualClock()
  const pool = failoverPool(members, { clock, selection: byKey })
  const backend = await new Backend('a', 'b').start()
  backends.push(backend)
  const faults: string[] = []
  const steering = steerHaproxy(pool, haproxyRuntime({ path: backend.path }), {
    backend: 'api',
    onFault: ({ source, error }) => faults.push(`${source}: ${(error as Error).message}`),
    ...options,
  })
  steerings.push(steering)
  /** Moves time until it is so, for at most `within` ms. */
  const soon = async (check: () => void, within = 100): Promise<void> => {
    const end = clock.now() + within
    const step = async () => {
      if (clock.now() < end) await clock.advance(within / 10)
      check()
    }
    await vi.waitFor(step, { interval: 5, timeout: 4000 })
  }
  /** Until the look after the next one: what the next one found is done then. */
  const looked = async (): Promise<void> => {
    const { looks } = backend
    await soon(() => expect(backend.looks).toBeGreaterThan(looks + 1), 20_000)
  }
  return { clock, pool, backend, faults, steering, soon, looked }
}

afterEach(async () => {
  await Promise.all(steerings.splice(0).map((steering) => steering.close()))
  await Promise.all(backends.splice(0).map((backend) => backend.stop()))
})

const weightsOf = ({ servers }: Backend) => [...servers.values()].map(({ weight }) => weight)

describe('steerHaproxy', () => {
  it('sets what differs at once, and then only changes', async () => {
    const { pool, backend, soon, looked, faults } = await steered([
      { target: '1', name: 'a', weight: 4 },
      { target: '2', name: 'b', weight: 1 },
    ])
    await soon(() => expect(backend.changes).toEqual(['set server api/b weight 25']))
    await looked()
    expect(backend.changes).toHaveLength(1)
    pool.update('b', { weight: 2 })
    await looked()

    expect(weightsOf(backend)).toEqual([100, 50])
    expect(faults).toEqual([])
  })

  it('applies an ejection within moments, and its end', async () => {
    const { clock, pool, backend, soon, looked } = await steered(['a', 'b'])
    await looked()
    const fail = () => Promise.reject(new Error('down'))
    for (let i = 0; i < 5; i++) await pool.execute(({ target }) => (target === 'a' ? fail() : 1))
    expect(pool.members[0]?.state).toBe('ejected')
    await soon(() => expect(weightsOf(backend)).toEqual([0, 100]))

    await clock.advance('1m')
    await pool.execute(() => 1)
    await soon(() => expect(weightsOf(backend)).toEqual([100, 100]))
  })

  it('applies the administrative states of the pool', async () => {
    const { pool, backend, soon, looked } = await steered(['a', 'b'])
    await looked()
    void pool.drain('a')
    pool.update('b', { admin: 'maintenance' })
    await soon(() => expect(backend.changes).toEqual(['set server api/a state drain', 'set server api/b state maint']))
    pool.update('a', { admin: 'ready' })
    await soon(() => expect(backend.changes).toHaveLength(3))

    expect([...backend.servers.values()].map(({ admin }) => admin)).toEqual(['ready', 'maint'])
  })

  it('leaves alone what the operator of HAProxy has set', async () => {
    const { backend, looked } = await steered(['a', 'b'])
    Object.assign(backend.servers.get('a') ?? {}, { admin: 'maint' })
    await looked()

    expect(backend.changes).toEqual([])
  })

  it('corrects an HAProxy that was restarted', async () => {
    const { pool, backend, looked } = await steered(['a', 'b'])
    void pool.drain('a')
    pool.update('b', { weight: 0.5 })
    await looked()
    for (const server of backend.servers.values()) Object.assign(server, { weight: 100, admin: 'ready' })
    await looked()

    expect([...backend.servers.values()]).toEqual([
      { weight: 100, admin: 'drain' },
      { weight: 50, admin: 'ready' },
    ])
  })

  it('moves its factors in its own interval only, however many events there are', async () => {
    const { clock, pool, backend, soon } = await steered(['a', 'b'], { every: '10s' })
    await soon(() => expect(backend.looks).toBe(1))
    const call = (key: string, ms: number) =>
      clock.settle(pool.execute(() => new Promise<void>((resolve) => clock.schedule(new Alarm(resolve), ms)), { key }))
    await call('a', 10)
    await call('b', 30)
    for (const admin of ['drain', 'ready'] as const) {
      const { looks } = backend
      pool.update('b', { admin })
      await soon(() => expect(backend.looks).toBeGreaterThan(looks))
    }
    expect(weightsOf(backend)).toEqual([100, 100])

    await soon(() => expect(weightsOf(backend)).toEqual([130, 90]), 30_000)
  })

  it('maps members to servers with `server`, and reports those that do not exist', async () => {
    const { backend, soon, faults } = await steered(['1', '2', '3', '4'], {
      server: (member) => {
        if (member === '4') throw new Error('no idea')
        return { '1': 'a', '2': 'b' }[member] ?? 'zz'
      },
    })
    Object.assign(backend.servers.get('b') ?? {}, { weight: 7 })
    await soon(() => expect(faults).toEqual(['server: steerHaproxy: api has no server "zz"', 'server: no idea']))

    expect(backend.changes).toEqual(['set server api/b weight 100'])
  })

  it('reports an HAProxy that fails, and goes on when it is back', async () => {
    const { pool, backend, soon, faults } = await steered(['a', 'b'])
    pool.update('b', { weight: 0.5 })
    backend.refuses = 'weight'
    await soon(() => expect(faults).toEqual(['haproxy: HAProxy refused "set server api/b weight 50": No.']))
    backend.refuses = 'show'
    await soon(() => expect(faults[1]).toBe('haproxy: HAProxy refused "show servers state api": No.'), 20_000)
    backend.refuses = ''

    await soon(() => expect(weightsOf(backend)).toEqual([100, 50]), 20_000)
  })

  it('warns without a listener, and throws nothing', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    const clock = virtualClock()
    const steering = steerHaproxy(failoverPool(['a']), haproxyRuntime({ path: '/nowhere' }), { backend: 'api', clock })
    await clock.advance(0)
    await vi.waitFor(() => expect(warn).toHaveBeenCalledTimes(1))
    await steering.close()

    expect(clock.pending).toBe(0)
  })

  it('uses the real clock when the pool has none', async () => {
    const told = new Promise((resolve) =>
      steerings.push(
        steerHaproxy(failoverPool(['a']), haproxyRuntime({ path: '/nowhere' }), { backend: 'api', onFault: resolve }),
      ),
    )

    expect(await told).toMatchObject({ source: 'haproxy', kind: 'steerHaproxy', error: { code: 'ENOENT' } })
  })

  it('refuses invalid arguments', () => {
    const pool = failoverPool(['a'])
    const runtime = haproxyRuntime({ path: '/nowhere' })
    expect(() => steerHaproxy({} as never, runtime, { backend: 'b' })).toThrow(
      'steerHaproxy: pool must be a failover pool, got an object',
    )
    expect(() => steerHaproxy(pool, undefined as never, { backend: 'b' })).toThrow(
      'steerHaproxy: runtime must be the result of haproxyRuntime, got undefined',
    )
    expect(() => steerHaproxy(pool, runtime, { backend: 'b;c' })).toThrow('steerHaproxy: backend must be a name')
    expect(() => steerHaproxy(pool, runtime, { backend: 'b', every: 0 })).toThrow('steerHaproxy: every must be')
    expect(() => steerHaproxy(pool, runtime, { backend: 'b', ever: 0 } as never)).toThrow('did you mean every?')
  })
})

describe('close()', () => {
  it('restores what it has changed, and nothing else', async () => {
    const { clock, pool, backend, soon, steering } = await steered(['a', 'b'])
    pool.update('b', { weight: 0.5 })
    void pool.drain('b')
    await soon(() => expect(backend.changes).toHaveLength(2))
    await Promise.all([steering.close(), steering.close()])
    void pool.drain('a')
    await clock.advance('1m')

    expect(backend.changes.slice(2)).toEqual(['set server api/b weight 100%', 'set server api/b state ready'])
    expect(clock.pending).toBe(0)
  })

  it('leaves everything as it is with `keep`', async () => {
    const { pool, backend, soon, steering } = await steered(['a', 'b'])
    pool.update('b', { weight: 0.5 })
    await soon(() => expect(backend.changes).toHaveLength(1))
    await steering.close({ keep: true })

    expect(weightsOf(backend)).toEqual([100, 50])
    expect(() => steering.close({ kep: true } as never)).toThrow('steerHaproxy: "kep" is not an option')
  })

  it('ends a run in progress, and reports nothing', async () => {
    const { clock, backend, faults, steering } = await steered(['a', 'b'])
    await clock.advance(0)
    await steering.close()

    expect(backend.changes).toEqual([])
    expect(faults).toEqual([])
  })

  it('reports what cannot be restored', async () => {
    const { pool, backend, soon, faults, steering } = await steered(['a', 'b'])
    pool.update('b', { weight: 0.5 })
    await soon(() => expect(backend.changes).toHaveLength(1))
    await backend.stop()
    await steering.close()

    expect(faults).toEqual([expect.stringContaining('haproxy: connect ENOENT')])
  })
})
