import { consistentHash, failoverPool, pipeline, policy, random, retry, roundRobin, timeout } from 'holdfast'
import {
  exponentialLatency,
  type SimulatedFault,
  type SimulatedMember,
  type SimulationContext,
  type SimulationOptions,
  simulate,
  type VirtualClock,
  virtualClock,
} from 'holdfast/testing'
import { describe, expect, it } from 'vitest'

const pooled = ({ members }: SimulationContext) => failoverPool(members, { selection: roundRobin() })
const trio: readonly SimulatedMember[] = ['a', 'b', 'c'].map((name) => ({
  name,
  latency: exponentialLatency(10),
  capacity: 2,
}))

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
    expect(result.series.reduce((total, { ok }) => total + ok, 0)).toBe(result.ok)
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

  it('lets calls come at random at the given rate, from all clients equally, for the given time', async () => {
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

  it('gives calls their options', async () => {
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

  it('reports the load of members with each answer', async () => {
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

  it('leaves no timer behind', async () => {
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

  it('ends with unfinished calls if some would never end', async () => {
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

  it('counts errors by code, otherwise by name, otherwise by their text', async () => {
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

  it('has null where there is nothing to measure', async () => {
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
  ])('what it finds while it runs: %s', async (given, message) => {
    const options = { ...good, rate: 100, ...given } as unknown as SimulationOptions

    await expect(simulate(options)).rejects.toThrow(message)
  })

  it('to hide the error of a given function', async () => {
    const mine = new Error('mine')
    const fail = (): never => {
      throw mine
    }
    for (const given of [{ policy: fail }, { call: fail }, { report: fail }]) {
      await expect(simulate({ ...good, ...given } as SimulationOptions)).rejects.toBe(mine)
    }
  })
})
