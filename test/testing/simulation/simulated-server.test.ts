import { circuitBreaker, retry, timeout, type When } from 'holdfast'
import { SimulatedError, type SimulatedMember, simulate, uniformLatency } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'

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

describe('a simulated member', () => {
  const inside = (at: number, from: number, to: number): boolean => at >= from && at < to

  it('is down exactly in its window, and requests under way are lost', async () => {
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

  it('loses waiting requests, too', async () => {
    const { result } = await observe({ latency: '1h', capacity: 1, faults: [{ kind: 'down', from: 500 }] })

    expect(Object.keys(result.errors).sort()).toEqual(['ECONNREFUSED', 'ECONNRESET'])
    expect(result.failed).toBe(2000)
  })

  it('freezes, accepts requests while frozen, and continues afterwards', async () => {
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

  it('is slow, and slower while two faults overlap', async () => {
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

  it('answers a share of requests with errors, after its usual time', async () => {
    const { ended, result } = await observe({ faults: [{ kind: 'errorRate', rate: 0.2 }] })

    expect(result.failed / 2000).toBeCloseTo(0.2, 1)
    for (const { took } of ended) expect(took).toBeCloseTo(5, 9)
  })

  it('refuses requests beyond its queue', async () => {
    const { ended, result } = await observe({ latency: 10, capacity: 2, queue: 1 })

    expect(result.errors).toEqual({ SIM_BUSY: result.failed })
    expect(result.failed).toBeGreaterThan(1000)
    for (const { ok, took } of ended) expect(took <= 20 && (ok || took === 0)).toBe(true)
    expect(result.members.s.meanQueue).toBeLessThanOrEqual(1)
    expect(result.members.s.meanBusy).toBeLessThanOrEqual(2)
  })

  it('continues when the client aborts, unless it stops on abort', async () => {
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

  it('lets aborted requests leave the queue from any position', async () => {
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

  it('names the member and the reason in its errors', async () => {
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
