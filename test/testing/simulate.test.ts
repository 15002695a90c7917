import {
  circuitBreaker,
  consistentHash,
  failoverPool,
  pipeline,
  policy,
  random,
  retry,
  roundRobin,
  timeout,
  type When,
} from 'holdfast'
import {
  exponentialLatency,
  type Latency,
  lognormalLatency,
  SimulatedError,
  type SimulatedFault,
  type SimulatedMember,
  type SimulationContext,
  type SimulationOptions,
  seededRandom,
  simulate,
  uniformLatency,
  type VirtualClock,
  virtualClock,
} from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { quantile, summary } from '../../src/testing/simulation/statistics.ts'

const pooled = ({ members }: SimulationContext) => failoverPool(members, { selection: roundRobin() })
const trio: readonly SimulatedMember[] = ['a', 'b', 'c'].map((name) => ({
  name,
  latency: exponentialLatency(10),
  capacity: 2,
}))

interface Ended {
  readonly at: number
  readonly took: number
  readonly ok: boolean
  readonly code: unknown
}

/** Each call of one client to one server, in order of ending. */
async function observe(
  member: Partial<SimulatedMember>,
  { rate = 1000, calls = 2000 }: { rate?: number; calls?: number } = {},
): Promise<{ readonly ended: readonly Ended[]; readonly result: Awaited<ReturnType<typeof simulate<'s'>>> }> {
  const ended: Ended[] = []
  const result = await simulate({
    members: [{ latency: 5, ...member, name: 's' }],
    policy: () => {
      let last: unknown
      const when: When = (outcome) => {
        last = outcome.ok ? undefined : outcome.error
        return false
      }
      return circuitBreaker({ failureRate: 1, when }).on('call', ({ time, duration, ok }) => {
        ended.push({ at: time - duration, took: duration, ok, code: (last as SimulatedError | undefined)?.code })
      })
    },
    rate,
    calls,
  })
  return { ended, result }
}

/** The chance that a request must wait, of a load of `load` servers' work on `servers` of them (A. K. Erlang, 1917). */
function erlangC(servers: number, load: number): number {
  let blocked = 1
  for (let n = 1; n <= servers; n++) blocked = (load * blocked) / (n + load * blocked)
  return blocked / (1 - (load / servers) * (1 - blocked))
}

describe('simulate', () => {
  it('gives the same result for the same seed, and another for another', async () => {
    const run = (seed: number) => simulate({ members: trio, policy: pooled, rate: 300, calls: 500, seed })
    const [one, again, other] = await Promise.all([run(7), run(7), run(8)])

    expect(again).toEqual(one)
    expect(other.latency.mean).not.toBe(one.latency.mean)
  })

  it('sends the same calls at the same times whatever the policy', async () => {
    const times = async (selection: typeof random) => {
      const at: number[] = []
      await simulate({
        members: trio,
        policy: ({ members }) =>
          failoverPool(members, { selection: selection() }).on('select', ({ time }) => at.push(time)),
        rate: 300,
        calls: 200,
      })
      return at
    }

    expect(await times(random)).toEqual(await times(roundRobin))
  })

  it('loses no call and no attempt', async () => {
    const faults: readonly SimulatedFault[] = [{ kind: 'errorRate', rate: 0.5 }]
    const result = await simulate({
      members: trio.map((member) => ({ ...member, queue: 1, faults })),
      policy: ({ members }) => pipeline(failoverPool(members, { outlier: false, attempts: 2 }), timeout(30)),
      rate: 500,
      calls: 3000,
      clients: 3,
    })
    const members = Object.values(result.members)
    const sum = (of: (member: (typeof members)[number]) => number): number =>
      members.reduce((total, member) => total + of(member), 0)

    expect(result.calls).toBe(3000)
    expect(result.ok + result.failed + result.unfinished).toBe(3000)
    expect(result.failed).toBeGreaterThan(100)
    expect(Object.values(result.errors).reduce((a, b) => a + b)).toBe(result.failed)
    expect(result.attempts).toBe(sum(({ attempts }) => attempts))
    expect(sum(({ firstAttempts }) => firstAttempts)).toBe(3000)
    expect(sum(({ share }) => share)).toBeCloseTo(1, 12)
    expect(sum(({ served, failures, unanswered }) => served + failures + unanswered)).toBe(result.attempts)
    const sliced = result.series.flatMap(({ attempts }) => Object.values(attempts))
    expect(sliced.reduce((a, b) => a + b)).toBe(result.attempts)
    expect(result.series.reduce((total, { calls }) => total + calls, 0)).toBe(3000)
  })

  it.each([1, 4])('makes requests wait as long as the theory of M/M/%i says', async (capacity) => {
    const rate = 60 * capacity
    const wait = (erlangC(capacity, 0.6 * capacity) * 10) / (capacity - 0.6 * capacity)
    const { members, latency } = await simulate({
      members: [{ name: 's', latency: exponentialLatency(10), capacity }],
      policy: () => retry(0),
      rate,
      calls: 150_000,
      warmUp: '5s',
    })
    const { meanWait, meanQueue, meanBusy } = members.s

    expect(Math.abs((meanWait as number) / wait - 1)).toBeLessThan(0.04)
    expect(Math.abs(meanQueue / ((rate * wait) / 1000) - 1)).toBeLessThan(0.04)
    expect(Math.abs(meanBusy / (rate / 100) - 1)).toBeLessThan(0.01)
    expect(Math.abs((latency.mean as number) / (wait + 10) - 1)).toBeLessThan(0.03)
  })

  it('lets calls come at the rate by chance, from every client alike, for as long as it is told', async () => {
    const came: number[] = [0, 0, 0, 0]
    const { calls, series } = await simulate({
      members: trio,
      policy: ({ members, client }) =>
        failoverPool(members).on('call', () => {
          came[client] = (came[client] as number) + 1
        }),
      clients: 4,
      rate: 1000,
      warmUp: '500ms',
      duration: '4s',
      slice: '500ms',
    })

    expect(calls).toBeGreaterThan(3800)
    expect(calls).toBeLessThan(4200)
    expect(series.map(({ from }) => from)).toEqual([0, 500, 1000, 1500, 2000, 2500, 3000, 3500, 4000])
    expect(series.slice(1).reduce((sum, slice) => sum + slice.calls, 0)).toBe(calls)
    for (const count of came) expect(Math.abs(count / 1125 - 1)).toBeLessThan(0.1)
  })

  it('counts only what comes after the warm-up', async () => {
    const { calls, attempts, failed, members } = await simulate({
      members: [{ name: 's', latency: 1, faults: [{ kind: 'down', to: '2s' }] }],
      policy: () => retry(0),
      rate: 100,
      warmUp: '2s',
      calls: 50,
    })

    expect([calls, attempts, failed, members.s.served]).toEqual([50, 50, 0, 50])
  })

  it('shares calls as the selection does', async () => {
    const share = async (selection: typeof random): Promise<number[]> => {
      const { members } = await simulate({
        members: trio,
        policy: ({ members }) => failoverPool(members, { selection: selection() }),
        rate: 300,
        calls: 9000,
      })
      return Object.values(members).map(({ firstAttempts }) => firstAttempts)
    }

    expect(await share(roundRobin)).toEqual([3000, 3000, 3000])
    for (const count of await share(random)) expect(Math.abs(count - 3000)).toBeLessThan(150)
  })

  it('gives calls what they are to have', async () => {
    const { members } = await simulate({
      members: trio,
      policy: (context) => failoverPool(context.members, { selection: consistentHash() }),
      call: ({ client, index, random }) => ({ key: random() < 2 ? `${client}` : `${index}` }),
      rate: 100,
      calls: 100,
    })

    expect(
      Object.values(members)
        .map(({ share }) => share)
        .sort(),
    ).toEqual([0, 0, 1])
  })

  it('tells what members say of their load with each answer', async () => {
    const last = { utilisation: 0, rate: 0, errors: 0 }
    let reports = 0
    await simulate({
      members: [
        { name: 's', latency: exponentialLatency(10), capacity: 5, faults: [{ kind: 'errorRate', rate: 0.25 }] },
      ],
      policy: () => retry(0),
      report: ({ client, member, ...load }) => {
        expect([client, member]).toEqual([0, 's'])
        if (++reports > 1000)
          for (const key of Object.keys(last) as (keyof typeof last)[]) last[key] += load[key] / 4000
      },
      rate: 300,
      calls: 5000,
    })

    expect(reports).toBe(5000)
    expect(last.utilisation).toBeCloseTo(0.6, 1)
    expect(last.rate / 300).toBeCloseTo(1, 1)
    expect(last.errors / 75).toBeCloseTo(1, 0)
  })

  it('leaves nothing behind', async () => {
    const clocks: VirtualClock[] = []
    const faults: readonly SimulatedFault[] = [
      { kind: 'flap', period: '1s' },
      { kind: 'down', from: '1h' },
    ]
    await simulate({
      members: trio.map((member) => ({ ...member, faults })),
      policy: ({ members, clock }) => {
        clocks.push(clock as VirtualClock)
        return pipeline(timeout('2s'), failoverPool(members), timeout(5))
      },
      rate: 500,
      duration: '3s',
    })

    expect(clocks.map(({ pending }) => pending)).toEqual([0])
  })

  it('ends with unfinished calls where some would never end', async () => {
    const { ok, unfinished, members } = await simulate({
      members: [{ name: 's', latency: 1, faults: [{ kind: 'hang', from: '1s' }] }],
      policy: () => retry(0),
      rate: 100,
      duration: '2s',
      drain: '1s',
    })

    expect(ok).toBeGreaterThan(80)
    expect(unfinished).toBeGreaterThan(80)
    expect(members.s).toMatchObject({ served: ok, unanswered: unfinished, failures: 0 })
  })

  it('counts errors by their code, else by their name, else as they read', async () => {
    const thrown = [Object.assign(new Error('coded'), { code: 'E_MINE' }), new RangeError('named'), 'text', { code: 5 }]
    const { errors } = await simulate({
      members: trio,
      policy: () => {
        let count = 0
        return policy('failing', () => Promise.reject(thrown[count++]))
      },
      rate: 100,
      calls: 4,
    })

    expect(errors).toEqual({ E_MINE: 1, RangeError: 1, text: 1, '[object Object]': 1 })
  })

  it('says null where there is nothing to say', async () => {
    const { latency, members, errors } = await simulate({
      members: [
        { name: 'a', latency: 1, faults: [{ kind: 'down' }] },
        { name: 'b', latency: 1 },
      ],
      policy: () => failoverPool(['a'], { panic: 1 }),
      rate: 1000,
      calls: 10,
    })

    expect(latency).toEqual({ mean: null, p50: null, p90: null, p99: null, p999: null, max: null })
    expect(members.b).toMatchObject({ attempts: 0, share: 0, meanWait: null })
    expect(errors).toEqual({ ECONNREFUSED: 10 })
    const none = await simulate({ members: trio, policy: pooled, rate: 0.001, duration: 1 })
    expect([none.calls, none.members['a']?.share, none.series]).toEqual([0, 0, []])
  })
})

describe('a simulated member', () => {
  const inside = (at: number, from: number, to: number): boolean => at >= from && at < to

  it('is down in its window exactly, and what was under way is lost', async () => {
    const { ended } = await observe({ faults: [{ kind: 'down', from: 500, to: '1s' }] })

    for (const { at, took, ok, code } of ended) {
      const refused = inside(at, 500, 1000)
      const lost = at < 500 && at + 5 > 500
      expect(ok).toBe(!refused && !lost)
      expect(took).toBeCloseTo(refused ? 0 : lost ? 500 - at : 5, 9)
      if (!ok) expect(code).toBe(refused ? 'ECONNREFUSED' : 'ECONNRESET')
    }
    expect(ended.filter(({ code }) => code === 'ECONNRESET').length).toBeGreaterThan(0)
  })

  it('loses also what waits', async () => {
    const { result } = await observe({ latency: '1h', capacity: 1, faults: [{ kind: 'down', from: 500 }] })

    expect(Object.keys(result.errors).sort()).toEqual(['ECONNREFUSED', 'ECONNRESET'])
    expect(result.failed).toBe(2000)
  })

  it('freezes, takes requests in meanwhile, and goes on where it stood', async () => {
    const { ended, result } = await observe({ faults: [{ kind: 'hang', from: 500, to: 1000 }] })

    expect(result.ok).toBe(2000)
    for (const { at, took } of ended) {
      const caught = at < 500 && at + 5 > 500
      expect(took).toBeCloseTo(inside(at, 500, 1000) ? 1005 - at : caught ? 505 : 5, 9)
    }
  })

  it('may go down while it is frozen', async () => {
    const { result } = await observe({
      latency: 20,
      faults: [
        { kind: 'hang', from: 500, to: 1000 },
        { kind: 'down', from: 700, to: 800 },
      ],
    })

    expect(result.ok + result.failed).toBe(2000)
    expect(result.errors['ECONNRESET']).toBeGreaterThan(150)
  })

  it('fails at once, or after a time', async () => {
    const at = async (after?: 2): Promise<readonly Ended[]> =>
      (await observe({ faults: [{ kind: 'fail', from: 500, to: 1000, ...(after && { after }) }] })).ended

    for (const { at: began, took, ok, code } of await at()) {
      expect(ok).toBe(!inside(began, 500, 1000))
      expect(took).toBeCloseTo(ok ? 5 : 0, 9)
      if (!ok) expect(code).toBe('SIM_FAILED')
    }
    for (const { ok, took } of await at(2)) expect(took).toBeCloseTo(ok ? 5 : 2, 9)
  })

  it('is slow, and slower where two causes meet', async () => {
    const { ended } = await observe({
      faults: [
        { kind: 'slow', factor: 2, from: 200, to: 600 },
        { kind: 'slow', factor: 3, from: 400, to: 800 },
      ],
    })

    for (const { at, took } of ended) {
      const factor = (inside(at, 200, 600) ? 2 : 1) * (inside(at, 400, 800) ? 3 : 1)
      expect(took).toBeCloseTo(5 * factor, 9)
    }
  })

  it('flaps from period to period, until it ends', async () => {
    const { ended } = await observe({
      latency: 0,
      faults: [{ kind: 'flap', from: 100, to: 650, period: 200, part: 0.25 }],
    })

    for (const { at, ok } of ended) {
      expect(ok).toBe(![100, 300, 500].some((start) => inside(at, start, start + 50)))
    }
    const half = await observe({ latency: 0, faults: [{ kind: 'flap', to: 350, period: 200 }] })
    for (const { at, ok } of half.ended) expect(ok).toBe(!(inside(at, 0, 100) || inside(at, 200, 300)))
  })

  it('answers a share with errors, after its usual time', async () => {
    const { ended, result } = await observe({ faults: [{ kind: 'errorRate', rate: 0.2 }] })

    expect(result.failed / 2000).toBeCloseTo(0.2, 1)
    for (const { took } of ended) expect(took).toBeCloseTo(5, 9)
  })

  it('refuses what its queue cannot hold', async () => {
    const { ended, result } = await observe({ latency: 10, capacity: 2, queue: 1 })

    expect(result.errors).toEqual({ SIM_BUSY: result.failed })
    expect(result.failed).toBeGreaterThan(1000)
    for (const { ok, took } of ended) expect(took <= 20 && (ok || took === 0)).toBe(true)
    expect(result.members.s.meanQueue).toBeLessThanOrEqual(1)
    expect(result.members.s.meanBusy).toBeLessThanOrEqual(2)
  })

  it('works on when the client gives up, unless it hears of it', async () => {
    const run = (stopsOnAbort: boolean) =>
      simulate({
        members: [{ name: 's', latency: uniformLatency(1, 11), capacity: 1, stopsOnAbort }],
        policy: () => timeout(8),
        rate: 200,
        calls: 2000,
      })
    const [deaf, heeding] = await Promise.all([run(false), run(true)])

    // Every slot of the deaf one is taken by work nobody waits for.
    expect(deaf.ok).toBeLessThan(heeding.ok / 3)
    expect(heeding.errors).toEqual({ HF_TIMEOUT: heeding.failed })
    expect(heeding.members.s.served).toBe(heeding.ok)
    expect(heeding.members.s.unanswered).toBe(heeding.failed)
    expect(deaf.members.s.served).toBeGreaterThan(deaf.ok)
  })

  it('lets those who give up leave the queue wherever they stand', async () => {
    const { members, failed, errors } = await simulate({
      members: [{ name: 's', latency: 5, capacity: 1, stopsOnAbort: true }],
      policy: ({ client }) => timeout(client === 0 ? 50 : 12),
      clients: 2,
      rate: 300,
      calls: 2000,
    })

    expect(errors).toEqual({ HF_TIMEOUT: failed })
    expect(failed).toBeGreaterThan(500)
    expect(members.s.unanswered).toBe(failed)
    // Nobody is forgotten in the line, and nobody is served twice.
    expect(members.s.meanBusy).toBeGreaterThan(0.9)
    expect(members.s.meanBusy).toBeLessThanOrEqual(1)
  })

  it('says in its errors who and why', async () => {
    const errors: unknown[] = []
    await simulate({
      members: [{ name: 's', latency: 0, faults: [{ kind: 'down' }] }],
      policy: () => retry({ retries: 1, backoff: 0 }).on('retry', ({ error }) => errors.push(error)),
      rate: 1,
      calls: 1,
    })

    expect(errors).toEqual([expect.any(SimulatedError)])
    expect(errors[0]).toMatchObject({
      name: 'SimulatedError',
      code: 'ECONNREFUSED',
      member: 's',
      message: 's: the request was refused: it is down',
    })
  })
})

describe('latencies', () => {
  const drawn = (latency: Latency, count = 100_000): Float64Array => {
    const source = seededRandom(3)
    return Float64Array.from({ length: count }, () => latency(source)).sort()
  }

  it('have the quantiles of their distributions', () => {
    const exponential = drawn(exponentialLatency('10ms'))
    for (const q of [0.1, 0.5, 0.9, 0.99]) {
      expect((quantile(exponential, q) as number) / (-10 * Math.log(1 - q))).toBeCloseTo(1, 1)
    }
    const uniform = drawn(uniformLatency('5ms', 15))
    expect([uniform[0], uniform.at(-1)].map((bound) => Math.round(bound as number))).toEqual([5, 15])
    for (const q of [0.1, 0.5, 0.9]) expect(quantile(uniform, q)).toBeCloseTo(5 + 10 * q, 0)
    const lognormal = drawn(lognormalLatency({ median: '20ms', p99: '200ms' }))
    expect((quantile(lognormal, 0.5) as number) / 20).toBeCloseTo(1, 1)
    expect((quantile(lognormal, 0.99) as number) / 200).toBeCloseTo(1, 1)
  })

  it('are summed up by nearest rank', () => {
    const samples = Array.from({ length: 1000 }, (_, i) => ((i * 7) % 1000) + 1)

    expect(summary(samples)).toEqual({ mean: 500.5, p50: 500, p90: 900, p99: 990, p999: 999, max: 1000 })
    expect(summary([3])).toEqual({ mean: 3, p50: 3, p90: 3, p99: 3, p999: 3, max: 3 })
    expect(quantile(Float64Array.from([1, 2]), 0)).toBe(1)
  })

  it('refuse what is no time', () => {
    expect(() => exponentialLatency(0)).toThrow('exponentialLatency: mean must be a duration > 0, got 0')
    expect(() => uniformLatency(-1, 2)).toThrow('uniformLatency: min must be a duration >= 0, got -1')
    expect(() => uniformLatency(3, 2)).toThrow('uniformLatency: max must be >= min, got 2 < 3')
    expect(() => lognormalLatency({ median: 0, p99: 1 })).toThrow(
      'lognormalLatency: median must be a duration > 0, got 0',
    )
    expect(() => lognormalLatency({ median: 2, p99: 2 })).toThrow('lognormalLatency: p99 must be > median, got 2 <= 2')
  })
})

describe('simulate refuses', () => {
  const good = { members: [{ name: 'a', latency: 1 }], policy: () => retry(0), rate: 1000, calls: 10 }
  const fault = (given: object) => ({ members: [{ name: 'a', latency: 1, faults: [given] }] })

  it.each([
    [{ members: [] }, 'members must be an array of 1 or more, got an array'],
    [{ members: 'a' }, 'members must be an array of 1 or more, got "a"'],
    [{ members: [{ name: '', latency: 1 }] }, 'member: name must be a non-empty string, got ""'],
    [
      { members: [{ name: 'a', latency: -1 }] },
      'member: latency must be a duration >= 0 or a function that gives ms, got -1',
    ],
    [
      { members: [{ name: 'a', latency: 1, capacity: 0 }] },
      'member: capacity must be an integer >= 1 or Infinity, got 0',
    ],
    [{ members: [{ name: 'a', latency: 1, queue: -1 }] }, 'member: queue must be an integer >= 0 or Infinity, got -1'],
    [{ members: [{ name: 'a', latency: 1, stopsOnAbort: 1 }] }, 'member: stopsOnAbort must be a boolean, got 1'],
    [{ members: [{ name: 'a', latency: 1, fault: [] }] }, 'member: "fault" is not an option, did you mean faults?'],
    [{ members: [{ name: 'a', latency: 1, faults: {} }] }, 'member: faults must be an array, got an object'],
    [{ members: [good.members[0], good.members[0]] }, 'member names must be unique, got "a" twice'],
    [
      fault({ kind: 'dead' }),
      "fault: kind must be one of 'down', 'hang', 'fail', 'slow', 'flap', 'errorRate', got \"dead\"",
    ],
    [{ members: [{ name: 'a', latency: 1, faults: [5] }] }, 'fault: options must be an object, got 5'],
    [fault({ kind: 'constructor' }), 'fault: kind must be one of'],
    [fault({ kind: 'down', after: 1 }), 'fault: "after" is not an option'],
    [fault({ kind: 'down', from: 5, to: 5 }), 'fault: to must be > from, got 5'],
    [fault({ kind: 'slow', factor: 0 }), 'fault: factor must be a finite number > 0, got 0'],
    [fault({ kind: 'flap' }), 'fault: period must be a duration > 0, got undefined'],
    [fault({ kind: 'errorRate', rate: 2 }), 'fault: rate must be a number from 0 to 1, got 2'],
    [{ policy: 1 }, 'policy must be a function, got 1'],
    [{ rate: 0 }, 'rate must be a finite number > 0, got 0'],
    [{ clients: 0 }, 'clients must be an integer >= 1, got 0'],
    [{ seed: 0.5 }, 'seed must be an integer, got 0.5'],
    [{ warmUp: -1 }, 'warmUp must be a duration >= 0, got -1'],
    [{ drain: -1 }, 'drain must be a duration >= 0, got -1'],
    [{ slice: 0 }, 'slice must be a duration > 0, got 0'],
    [{ call: {} }, 'call must be a function, got an object'],
    [{ report: {} }, 'report must be a function, got an object'],
    [{ calls: 0 }, 'calls must be an integer >= 1, got 0'],
    [{ duration: 5 }, 'one of duration and calls must be given, got both'],
    [{ calls: undefined }, 'one of duration and calls must be given, got none'],
    [{ drains: 5 }, '"drains" is not an option, did you mean drain?'],
  ] as const)('%j', async (given, message) => {
    const options = { ...good, ...given } as unknown as SimulationOptions

    await expect(simulate(options)).rejects.toThrow(`simulate: ${message}`)
    await expect(simulate(options)).rejects.toBeInstanceOf(TypeError)
  })

  it.each([
    [{ policy: () => 5 }, 'simulate: policy must give a policy, got 5'],
    [{ policy: () => retry({ clock: virtualClock() }) }, 'simulate: policy must use the clock it is given'],
    [{ policy: () => failoverPool(['z']) }, 'simulate: policy must give operations a member\'s name, got "z"'],
    [{ members: trio, policy: () => retry(0) }, "simulate: policy must give operations a member's name, got undefined"],
    [
      { members: [{ name: 'a', latency: () => Number.NaN }] },
      'simulate: latency of "a" must be finite and >= 0, got NaN',
    ],
    [
      { members: [{ name: 'a', latency: (source: () => number) => 50 - 99 * source(), capacity: 1 }] },
      'simulate: latency of "a" must be finite and >= 0, got -',
    ],
  ])('what it finds on the way: %s', async (given, message) => {
    const options = { ...good, rate: 100, ...given } as unknown as SimulationOptions

    await expect(simulate(options)).rejects.toThrow(message)
  })

  it('to hide what a given function throws', async () => {
    const mine = new Error('mine')
    const fail = (): never => {
      throw mine
    }
    for (const given of [{ policy: fail }, { call: fail }, { report: fail }]) {
      await expect(simulate({ ...good, ...given } as SimulationOptions)).rejects.toBe(mine)
    }
  })
})
