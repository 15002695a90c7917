/**
 * The adaptive limiter in random interleavings: admit, settle, fail, abort, advance, set the clock back.
 *
 * The test counts what runs and what waits by itself, and holds the limiter to it at each start, end and step.
 */
import fc from 'fast-check'
import { adaptiveLimiter, type Clock, isHoldfastError, pipeline, timeout } from 'holdfast'
import { seededRandom, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { deferred, type Ended, ended } from '../composition/deferred.ts'
import { runs } from '../effort.ts'

const origin = 1e6
const max = 6

type Command =
  | { readonly do: 'call'; readonly key: string; readonly priority: number; readonly deadline: number | undefined }
  | { readonly do: 'settle' | 'fail' | 'abort'; readonly which: number }
  | { readonly do: 'advance' | 'step back'; readonly ms: number }

const which = fc.nat(7)
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('call' as const),
      key: fc.constantFrom('live', 'batch', 'other'),
      priority: fc.constantFrom(0, 0, 1, 5),
      deadline: fc.constantFrom(undefined, undefined, undefined, 0, 7, 60),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('settle' as const), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fail' as const), which }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('abort' as const), which }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(0, 1, 5, 12, 40, 150) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('step back' as const), ms: fc.constantFrom(1, 20, 200) }) },
)

const settings = fc.record({
  algorithm: fc.constantFrom('gradient' as const, 'vegas' as const, 'aimd' as const, {
    // Any number, also none: the limiter keeps its bounds.
    update: (limit: number, { drops, samples }: { drops: number; samples: number }) =>
      drops > 0 ? Number.NaN : samples % 2 === 0 ? Number.POSITIVE_INFINITY : limit - 3,
    get probing() {
      return seeded() < 0.3
    },
  }),
  initial: fc.constantFrom(1, 2, 4),
  queue: fc.constantFrom(0, 1, 3, Number.POSITIVE_INFINITY),
  order: fc.constantFrom('adaptive' as const, 'fifo' as const, 'lifo' as const),
  maxWait: fc.constantFrom(undefined, 0, 30),
  shares: fc.boolean(),
  priority: fc.boolean(),
  overload: fc.constantFrom(undefined, 0.3),
  outside: fc.boolean(),
})
const seeded = seededRandom(11)

type Settings = typeof settings extends fc.Arbitrary<infer S> ? S : never

interface Tracked {
  readonly key: string
  readonly controller: AbortController
  readonly gate: ReturnType<typeof deferred>
  started: boolean
  /** The operation has settled. */
  settled: boolean
  end: Ended | undefined
}

async function play(given: Settings, commands: readonly Command[]): Promise<void> {
  const virtual = virtualClock()
  let back = 0
  const clock: Clock = {
    now: () => virtual.now() + origin - back,
    wall: () => virtual.wall(),
    schedule: (timer, after) => virtual.schedule(timer, after),
    cancel: (timer) => virtual.cancel(timer),
  }
  const { algorithm, initial, queue, order, maxWait, shares, priority, overload, outside } = given
  const parts: Record<string, number> = { live: 0.6, batch: 0.4 }
  const limiter = adaptiveLimiter({
    algorithm,
    initial,
    max,
    window: { every: 10, samples: 3 },
    queue,
    order,
    ...(maxWait === undefined ? {} : { maxWait }),
    target: 8,
    interval: 20,
    ...(shares ? { partitions: parts, partition: ({ key }) => (key === 'other' ? undefined : key) } : {}),
    ...(priority ? { priority: 'level' } : {}),
    ...(overload === undefined ? {} : { overload: () => overload }),
    random: seededRandom(3),
    clock,
  })
  const policy = outside ? pipeline({ name: 'outside', clock }, timeout(50), limiter) : limiter
  const calls: Tracked[] = []
  const starts: number[] = []
  let rejects = 0
  limiter.on('reject', () => rejects++)
  limiter.on('enqueue', ({ queued }) => expect(queued).toBeLessThanOrEqual(queue))
  limiter.on('fault', ({ source }) => expect(source).toBe('algorithm'))
  limiter.on('limit', ({ to }) => expect(to >= 1 && to <= max && Number.isInteger(to)).toBe(true))
  const running = (key?: string) =>
    calls.filter((call) => call.started && !call.settled && (key ?? call.key) === call.key).length
  const waiting = () => calls.filter(({ started, end }) => !started && end === undefined).length
  const pick = (list: readonly Tracked[], which: number) => list[which % Math.max(1, list.length)]

  const issue = ({ key, priority: level, deadline }: Command & { do: 'call' }): void => {
    const id = calls.length
    const call: Tracked = {
      key,
      controller: new AbortController(),
      gate: deferred(),
      started: false,
      settled: false,
      end: undefined,
    }
    calls.push(call)
    const operation = () => {
      expect(call.started || call.end !== undefined).toBe(false)
      const share = shares && key !== 'other' ? Math.max(1, Math.ceil(limiter.limit * (parts[key] ?? 0) - 1e-9)) : 0
      expect(running() < limiter.limit || running(key) < share).toBe(true)
      call.started = true
      starts.push(id)
      return call.gate.promise
    }
    const { signal } = call.controller
    const options = { key, priority: level, signal, ...(deadline === undefined ? {} : { deadline }) }
    ended(policy.execute(operation, options)).then((end) => {
      expect(call.end).toBe(undefined)
      call.end = end
    })
  }

  const check = async (): Promise<void> => {
    for (let i = 0; i < 10; i++) await undefined
    expect(limiter.inflight).toBe(running())
    expect(limiter.queued).toBe(waiting())
    expect(limiter.queued).toBeLessThanOrEqual(queue)
    if (limiter.queued > 0) expect(limiter.inflight).toBeGreaterThanOrEqual(limiter.limit)
    const limited = calls.filter(
      ({ end }) => end?.ok === false && isHoldfastError(end.error) && end.error.code === 'HF_LIMIT_REACHED',
    )
    expect(limited.length).toBe(rejects)
    expect(limited.every(({ started }) => !started)).toBe(true)
    const inside = limiter.snapshot().partitions
    if (inside.length > 0) {
      expect(inside.map(({ name }) => running(name))).toEqual(inside.map(({ inflight }) => inflight))
      const others = calls.filter((call) => call.key === 'other' && !call.started && call.end === undefined)
      expect(inside.reduce((sum, { queued }) => sum + queued, 0)).toBe(waiting() - others.length)
    }
    if (order === 'fifo' && !priority && !shares) expect(starts).toEqual([...starts].sort((a, b) => a - b))
    const unsettled = calls.filter(({ end }) => end === undefined).length
    expect(virtual.pending).toBeLessThanOrEqual(outside ? unsettled + limiter.queued : limiter.queued)
  }

  for (const step of commands) {
    if (step.do === 'call') issue(step)
    else if (step.do === 'settle' || step.do === 'fail') {
      const call = pick(
        calls.filter(({ started, settled }) => started && !settled),
        step.which,
      )
      if (call !== undefined) {
        call.settled = true
        if (step.do === 'settle') call.gate.resolve('done')
        else call.gate.reject(step.which % 2 === 0 ? { status: 503 } : new Error('broken'))
      }
    } else if (step.do === 'abort') {
      pick(
        calls.filter(({ end }) => end === undefined),
        step.which,
      )?.controller.abort('left')
    } else if (step.do === 'advance') await virtual.advance(step.ms)
    else if (step.do === 'step back') back += step.ms
    await check()
  }
  while (calls.some((call) => !call.settled && (call.started || call.end === undefined))) {
    for (const call of calls) {
      if (!call.started) continue
      call.settled = true
      call.gate.resolve('done')
    }
    await check()
  }
  expect([limiter.inflight, limiter.queued, virtual.pending]).toEqual([0, 0, 0])
  expect(limiter.snapshot().partitions.every(({ inflight, queued }) => inflight === 0 && queued === 0)).toBe(true)
  for (const { end } of calls) expect(end).toBeDefined()
}

describe('the adaptive limiter', () => {
  it('keeps its limit, its queue and its permits, in any interleaving', { timeout: 120_000 }, async () => {
    await fc.assert(fc.asyncProperty(settings, fc.array(command, { minLength: 5, maxLength: 60, size: 'max' }), play), {
      numRuns: runs(2000),
    })
  })
})
