/**
 * The rate limiter in random interleavings, beside a reference that keeps a list of all that was taken.
 *
 * A call is admitted, refused or given its start when it comes, and the reference says which. After that only its abort may change it.
 */
import fc from 'fast-check'
import { type Clock, isHoldfastError, type RateLimitAlgorithm, rateLimiter } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { deferred, type Ended, ended } from '../composition/deferred.ts'
import { runs } from '../effort.ts'

const per = 100
/** Where the clock begins, so that it stays above 0 however often it steps back. */
const origin = 1e6

type Command =
  | { readonly do: 'call'; readonly cost: number; readonly deadline: number | undefined; readonly hangs: boolean }
  | { readonly do: 'take'; readonly cost: number }
  | { readonly do: 'abort'; readonly which: number }
  | { readonly do: 'settle'; readonly which: number }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'step back'; readonly ms: number }

const cost = fc.constantFrom(1, 1, 1, 2, 3, 0)
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('call' as const),
      cost,
      deadline: fc.constantFrom(undefined, undefined, 30, 120),
      hangs: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('take' as const), cost }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('abort' as const), which: fc.nat(7) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('settle' as const), which: fc.nat(7) }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(0, 1, 10, 25, 50, 100, 350) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('step back' as const), ms: fc.constantFrom(1, 20, 200) }) },
)

const settings = fc.record({
  algorithm: fc.constantFrom<RateLimitAlgorithm>('tokenBucket', 'smooth', 'slidingWindow', 'slidingLog'),
  limit: fc.constantFrom(1, 2, 4, 5),
  burst: fc.constantFrom(1, 2, 6),
  maxWait: fc.constantFrom(0, 40, 250, 10_000),
  queue: fc.constantFrom(0, 2, Number.POSITIVE_INFINITY),
})

type Settings = typeof settings extends fc.Arbitrary<infer S> ? S : never

interface Taken {
  readonly start: number
  readonly cost: number
}

/** What each algorithm allows, computed from the list of all that was taken, in order of starts. */
function waitOf({ algorithm, limit, burst }: Settings, taken: readonly Taken[], now: number, cost: number): number {
  const most = algorithm === 'tokenBucket' ? burst : algorithm === 'smooth' ? 1 : limit
  if (cost > most) return Number.POSITIVE_INFINITY
  const latest = taken.at(-1)?.start ?? 0
  if (algorithm === 'tokenBucket' || algorithm === 'smooth') {
    const interval = per / limit
    // The level of a leaky bucket at each start.
    let level = 0
    let at = 0
    for (const { start, cost: poured } of taken) {
      level = Math.max(0, level - (start - at) / interval) + poured
      at = start
    }
    const from = Math.max(now, latest)
    const left = Math.max(0, level - (from - at) / interval)
    return from - now + Math.max(0, (left + cost - most) * interval)
  }
  const inside = (time: number): number => {
    if (algorithm === 'slidingLog') {
      return taken.filter(({ start }) => start > time - per + 1e-9).reduce((sum, each) => sum + each.cost, 0)
    }
    const window = Math.floor(time / per + 1e-9)
    const count = (of: number) =>
      taken.filter(({ start }) => Math.floor(start / per + 1e-9) === of).reduce((sum, each) => sum + each.cost, 0)
    return count(window - 1) * (1 - (time - window * per) / per) + count(window)
  }
  // The first time at which it fits, by halves: a search that knows no formula.
  const from = Math.max(now, latest)
  if (inside(from) + cost <= limit + 1e-6) return from - now
  const corners = [0, 1, 2, 3].map((ahead) => (Math.floor(from / per) + ahead) * per)
  const candidates = algorithm === 'slidingLog' ? taken.map(({ start }) => start + per) : corners
  let low = from
  for (const candidate of candidates.filter((each) => each > from).sort((a, b) => a - b)) {
    // Just before a corner of the windows the estimate of this window is least.
    const before = candidate - 1e-9
    if (algorithm === 'slidingWindow' && inside(before) + cost <= limit - 1e-9) {
      let high = before
      for (let i = 0; i < 60; i++) {
        const middle = (low + high) / 2
        if (inside(middle) + cost <= limit) high = middle
        else low = middle
      }
      return high - now
    }
    if (inside(candidate) + cost <= limit + 1e-6) return candidate - now
    low = candidate
  }
  throw new Error('the reference found no start')
}

interface Tracked {
  readonly controller: AbortController
  readonly gate: ReturnType<typeof deferred>
  readonly comes: number
  readonly taken: Taken | undefined
  promise: Promise<Ended>
  startedAt: number | undefined
  end: Ended | undefined
}

async function play(given: Settings, commands: readonly Command[]): Promise<void> {
  const virtual = virtualClock()
  let back = 0
  let latest = 0
  const clock: Clock = {
    now: () => virtual.now() + origin - back,
    wall: () => virtual.wall(),
    schedule: (timer, after) => virtual.schedule(timer, after),
    cancel: (timer) => virtual.cancel(timer),
  }
  const time = (): number => {
    latest = Math.max(latest, clock.now())
    return latest
  }
  const { algorithm, limit, burst, maxWait, queue } = given
  let next = 1
  const limiter = rateLimiter({
    algorithm,
    limit,
    per,
    ...(algorithm === 'tokenBucket' ? { burst } : {}),
    maxWait,
    ...(maxWait > 0 ? { queue } : {}),
    cost: () => next,
    clock,
  })
  const most = maxWait > 0 ? queue : Number.POSITIVE_INFINITY
  const taken: Taken[] = []
  const calls: Tracked[] = []
  const starts: number[] = []
  const waits: number[] = []
  const rejects: (number | undefined)[] = []
  limiter.on('wait', ({ delay }) => waits.push(delay))
  limiter.on('reject', ({ retryAfter }) => rejects.push(retryAfter))
  const waiting = () => calls.filter(({ startedAt, end }) => startedAt === undefined && end === undefined)
  const pick = (list: readonly Tracked[], which: number) => list[which % Math.max(1, list.length)]

  const issue = (cost: number, deadline: number | undefined, hangs: boolean): void => {
    next = cost
    const now = time()
    const queued = waiting().length
    const wait = waitOf(given, taken, now, cost)
    const passes = wait <= 1e-6
    const fits = wait <= Math.min(maxWait, deadline ?? Number.POSITIVE_INFINITY) + 1e-6 && queued < most
    const slot = passes || fits ? { start: now + (passes ? 0 : wait), cost } : undefined
    if (slot !== undefined && (cost > 0 || !passes)) taken.push(slot)
    const id = calls.length
    const call: Tracked = {
      controller: new AbortController(),
      gate: deferred(),
      comes: virtual.now() + origin,
      taken: slot,
      promise: Promise.resolve({ ok: true, value: undefined }),
      startedAt: undefined,
      end: undefined,
    }
    calls.push(call)
    const { signal } = call.controller
    call.promise = ended(
      limiter.execute(
        () => {
          call.startedAt = virtual.now() + origin
          starts.push(id)
          return hangs ? call.gate.promise : 'done'
        },
        { signal, ...(deadline === undefined ? {} : { deadline }) },
      ),
    )
    call.promise.then((end) => {
      expect(call.end).toBe(undefined)
      call.end = end
    })
    expect(call.startedAt !== undefined).toBe(passes)
    if (passes) return
    if (fits) expect(waits.at(-1)).toBeCloseTo(wait, 4)
    else if (wait === Number.POSITIVE_INFINITY) expect(rejects.at(-1)).toBe(undefined)
    else expect(rejects.at(-1)).toBeCloseTo(wait, 4)
  }

  const check = async (): Promise<void> => {
    for (let i = 0; i < 6; i++) await undefined
    expect(starts).toEqual([...starts].sort((a, b) => a - b))
    for (const { startedAt, comes, taken: slot, end } of calls) {
      if (slot === undefined) {
        expect(startedAt).toBe(undefined)
        expect(end?.ok === false && isHoldfastError(end.error) && end.error.code).toBe('HF_RATE_LIMITED')
      } else if (startedAt !== undefined && back === 0) expect(startedAt).toBeCloseTo(Math.max(comes, slot.start), 4)
    }
    time()
    expect(limiter.waiting).toBe(waiting().length)
    expect(limiter.available).toBeGreaterThanOrEqual(0)
    expect(virtual.pending).toBe(limiter.waiting)
  }

  for (const step of commands) {
    if (step.do === 'call') issue(step.cost, step.deadline, step.hangs)
    else if (step.do === 'take') {
      const now = time()
      const free = waitOf(given, taken, now, step.cost) <= 1e-6
      expect(limiter.tryTake(step.cost)).toBe(free)
      if (free) taken.push({ start: now, cost: step.cost })
    } else if (step.do === 'abort') {
      const call = pick(
        calls.filter(({ end }) => end === undefined),
        step.which,
      )
      if (call !== undefined) {
        const back = call.startedAt === undefined && call.taken === taken.at(-1)
        if (back) taken.pop()
        call.controller.abort('left')
        expect(await call.promise).toEqual({ ok: false, error: 'left' })
      }
    } else if (step.do === 'settle') {
      pick(
        calls.filter(({ startedAt, end }) => startedAt !== undefined && end === undefined),
        step.which,
      )?.gate.resolve('done')
    } else if (step.do === 'advance') {
      await virtual.advance(step.ms)
      time()
    } else if (step.do === 'step back') back += step.ms
    await check()
  }
  for (const { gate } of calls) gate.resolve('done')
  await virtual.advance(1_000_000)
  await check()
  for (const { end } of calls) expect(end).toBeDefined()
  expect([limiter.waiting, virtual.pending, limiter.reset]).toEqual([0, 0, 0])
  expect(limiter.available).toBe(algorithm === 'tokenBucket' ? burst : algorithm === 'smooth' ? 1 : limit)
  if (back === 0) bounded(given, calls)
}

/** Never more starts than the algorithm allows, between any two of them. */
function bounded({ algorithm, limit, burst }: Settings, calls: readonly Tracked[]): void {
  if (algorithm === 'slidingWindow') return
  const started = calls.flatMap(({ startedAt, taken }) =>
    startedAt === undefined ? [] : [{ at: startedAt, cost: taken?.cost ?? 0 }],
  )
  const most = algorithm === 'smooth' ? 1 : burst
  for (let from = 0; from < started.length; from++) {
    let sum = 0
    for (let to = from; to < started.length; to++) {
      sum += started[to]?.cost ?? 0
      const length = (started[to]?.at ?? 0) - (started[from]?.at ?? 0)
      if (algorithm === 'slidingLog') {
        if (length < per - 1e-6) expect(sum).toBeLessThanOrEqual(limit)
      } else expect(sum).toBeLessThanOrEqual(most + (length * limit) / per + 1e-6)
    }
  }
}

describe('the rate limiter', () => {
  it('gives each call the start of the reference, in any interleaving', { timeout: 60_000 }, async () => {
    await fc.assert(fc.asyncProperty(settings, fc.array(command, { minLength: 5, maxLength: 50, size: 'max' }), play), {
      numRuns: runs(2000),
    })
  })
})
