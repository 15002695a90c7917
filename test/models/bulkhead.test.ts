/**
 * The bulkhead in random interleavings: concurrency as the work itself sees it, order of starts, and slots conserved.
 *
 * Every call knows when it must be refused, queued or started, so the model is exact up to the moment of a start.
 */
import fc from 'fast-check'
import { bulkhead, isHoldfastError, pipeline, timeout } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { type Deferred, deferred, type Ended, ended } from '../composition/deferred.ts'
import { runs } from '../effort.ts'

type Command =
  | { readonly do: 'call'; readonly abortable: boolean; readonly sync: boolean }
  | { readonly do: 'settle' | 'abort'; readonly which: number; readonly ok: boolean }
  | { readonly do: 'abort and settle'; readonly which: number }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'resize'; readonly limit: number }

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({ do: fc.constant('call' as const), abortable: fc.boolean(), sync: fc.boolean() }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('settle' as const), which: fc.nat(7), ok: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('abort' as const), which: fc.nat(7), ok: fc.constant(true) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('abort and settle' as const), which: fc.nat(7) }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(0, 1, 19, 20, 40, 100) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('resize' as const), limit: fc.nat(4) }) },
)

const settings = fc.record({
  limit: fc.nat(3),
  queue: fc.constantFrom(0, 1, 2, Number.POSITIVE_INFINITY),
  maxWait: fc.constantFrom(undefined, 0, 20),
  /** Leaves work running that nobody waits for any more. */
  inner: fc.constantFrom(undefined, 40),
  /** Ends waits in the queue, and leaves work running. */
  outer: fc.constantFrom(undefined, 50),
})

interface Tracked {
  readonly id: number
  readonly gate: Deferred<unknown>
  readonly controller: AbortController | undefined
  readonly promise: Promise<Ended>
  readonly queuedAt: number
  started: boolean
  working: boolean
  end: Ended | undefined
  endedAt: number
}

const microtasks = async (): Promise<void> => {
  for (let i = 0; i < 6; i++) await undefined
}

async function play(
  { limit, queue, maxWait, inner, outer }: typeof settings extends fc.Arbitrary<infer S> ? S : never,
  commands: readonly Command[],
): Promise<void> {
  const clock = virtualClock()
  const few = bulkhead({ limit, queue, clock, ...(maxWait === undefined ? {} : { maxWait }) })
  const guarded = pipeline(
    { clock },
    ...(outer === undefined ? [] : [timeout({ after: outer, name: 'outer' })]),
    few,
    ...(inner === undefined ? [] : [timeout({ after: inner, name: 'inner' })]),
  )
  const calls: Tracked[] = []
  const starts: number[] = []
  let working = 0
  let enqueued = 0
  few.on('enqueue', () => enqueued++)
  const pick = (list: readonly Tracked[], which: number): Tracked | undefined => list[which % Math.max(1, list.length)]

  const start = (call: Tracked, sync: boolean): unknown => {
    expect(call.started).toBe(false)
    expect(working).toBeLessThan(few.limit)
    call.started = true
    call.working = true
    working++
    starts.push(call.id)
    if (!sync) return call.gate.promise
    call.working = false
    working--
    return 'at once'
  }

  const check = async (): Promise<void> => {
    await microtasks()
    expect(few.active).toBe(working)
    const waiting = calls.filter((call) => !call.started && call.end === undefined)
    expect(few.queued).toBe(waiting.length)
    if (waiting.length > 0) expect(few.active).toBeGreaterThanOrEqual(few.limit)
    expect(starts).toEqual([...starts].sort((a, b) => a - b))
  }

  const issue = (abortable: boolean, sync: boolean): void => {
    const free = few.active < few.limit && few.queued === 0
    const full = !free && few.queued >= queue
    const noWait = !free && !full && maxWait === 0
    const before = enqueued
    const controller = abortable ? new AbortController() : undefined
    const call: { -readonly [K in keyof Tracked]: Tracked[K] } = {
      id: calls.length,
      gate: deferred(),
      controller,
      promise: Promise.resolve({ ok: true, value: undefined }),
      queuedAt: clock.now(),
      started: false,
      working: false,
      end: undefined,
      endedAt: Number.NaN,
    }
    calls.push(call)
    call.promise = ended(
      guarded.execute(() => start(call, sync), controller === undefined ? undefined : { signal: controller.signal }),
    )
    call.promise.then((end) => {
      expect(call.end).toBe(undefined)
      call.end = end
      call.endedAt = clock.now()
      if (end.ok || !isHoldfastError(end.error) || end.error.code !== 'HF_BULKHEAD_FULL') return
      expect(call.started).toBe(false)
      // A refusal comes at once, or exactly when the longest wait is over.
      const waits =
        full || noWait ? 0 : Math.min(maxWait ?? Number.POSITIVE_INFINITY, outer ?? Number.POSITIVE_INFINITY)
      expect(call.endedAt - call.queuedAt).toBe(waits)
    })
    expect(call.started).toBe(free)
    expect(enqueued - before).toBe(free || full || noWait ? 0 : 1)
  }

  const finish = (call: Tracked, ok: boolean): void => {
    call.working = false
    working--
    if (ok) call.gate.resolve('done')
    else call.gate.reject(new Error('failed'))
  }

  for (const step of commands) {
    const live = calls.filter((call) => call.working)
    if (step.do === 'call') issue(step.abortable, step.sync)
    else if (step.do === 'settle') {
      const call = pick(live, step.which)
      if (call !== undefined) finish(call, step.ok)
    } else if (step.do === 'abort') {
      const call = pick(
        calls.filter((candidate) => candidate.end === undefined),
        step.which,
      )
      const reason = new Error('left')
      if (call?.controller !== undefined) {
        call.controller.abort(reason)
        expect(await call.promise).toEqual({ ok: false, error: reason })
      }
    } else if (step.do === 'abort and settle') {
      // In one turn: a slot is freed and the call first in line leaves.
      const head = calls.find((call) => !call.started && call.end === undefined)
      const call = pick(live, step.which)
      if (call !== undefined) finish(call, true)
      head?.controller?.abort()
    } else if (step.do === 'advance') await clock.advance(step.ms)
    else if (step.do === 'resize') few.resize(step.limit)
    await check()
  }
  few.resize(100)
  await check()
  for (const call of calls) if (call.working) finish(call, true)
  await check()
  for (const call of calls) expect(call.end).toBeDefined()
  expect([few.active, few.queued, clock.pending]).toEqual([0, 0, 0])
}

describe('the bulkhead', () => {
  it('keeps to its limit, its order and its slots, in any interleaving', { timeout: 60_000 }, async () => {
    await fc.assert(fc.asyncProperty(settings, fc.array(command, { minLength: 5, maxLength: 50, size: 'max' }), play), {
      numRuns: runs(2000),
    })
  })
})
