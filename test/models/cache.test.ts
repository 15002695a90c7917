/**
 * A cache in random interleavings: what each call is given, what is stored, which refreshes run, and that nothing stays behind.
 *
 * The model keeps the value of each key with its time, and all work that runs. It knows nothing of layers, scopes or generations: a
 * change by hand gives the key a new number, and work stores only under the number it began with.
 */
import fc from 'fast-check'
import { cache, pipeline, timeout } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { type Deferred, deferred, type Ended, ended } from '../composition/deferred.ts'
import { runs } from '../effort.ts'

type Command =
  | { readonly do: 'call'; readonly key: string }
  | { readonly do: 'settle'; readonly which: number; readonly ok: boolean }
  | { readonly do: 'abort'; readonly which: number }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'step back'; readonly ms: number }
  | { readonly do: 'invalidate'; readonly key: string }
  | { readonly do: 'prime'; readonly key: string }
  | { readonly do: 'clear' }

const keys = ['a', 'b'] as const
const key = fc.constantFrom(...keys)

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ do: fc.constant('call' as const), key }) },
  { weight: 7, arbitrary: fc.record({ do: fc.constant('settle' as const), which: fc.nat(7), ok: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('abort' as const), which: fc.nat(7) }) },
  { weight: 7, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(1, 5, 10, 20, 60) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('step back' as const), ms: fc.constantFrom(-5, -5000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('invalidate' as const), key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('prime' as const), key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const) }) },
)

const settings = fc.record({
  ttl: fc.constantFrom(0, 10, 20),
  staleWhileRevalidate: fc.constantFrom(0, 10, 30),
  staleIfError: fc.constantFrom(0, 15, 40),
  refreshCooldown: fc.constantFrom(0, 5, 20),
  outer: fc.constantFrom(undefined, 25),
})
type Settings = typeof settings extends fc.Arbitrary<infer S> ? S : never

interface Known {
  readonly value: unknown
  readonly at: number
  refreshFrom: number
}

interface Work {
  readonly key: string
  readonly order: number
  readonly number: number
  readonly since: number
  readonly found: Known | undefined
  readonly gate: Deferred<unknown>
  /** Of a call; a refresh has none. */
  readonly call:
    | { readonly controller: AbortController; end: Ended | undefined; expected: Ended | 'error' | undefined }
    | undefined
}

async function play({ outer, ...options }: Settings, commands: readonly Command[]): Promise<void> {
  const { ttl, staleWhileRevalidate, staleIfError, refreshCooldown } = options
  const clock = virtualClock()
  const policy = cache(options)
  const all = pipeline({ clock }, ...(outer === undefined ? [] : [timeout(outer)]), policy)
  const within = outer ?? 30_000
  const known = new Map<string, Known>()
  const numbers = new Map<string, number>(keys.map((each) => [each, 0]))
  const latest = new Map<string, number>()
  const calls: NonNullable<Work['call']>[] = []
  const works = new Set<Work>()
  const counts = { hits: 0, stale: 0, misses: 0, saved: 0, stores: 0, refreshes: 0, refreshErrors: 0 }
  let begun = 0
  let values = 0

  const store = (at: string, value: unknown): boolean => {
    if (ttl + staleWhileRevalidate + staleIfError === 0) return false
    counts.stores++
    known.set(at, { value, at: clock.now(), refreshFrom: 0 })
    return true
  }
  const change = (at: string): void => {
    numbers.set(at, (numbers.get(at) as number) + 1)
    latest.delete(at)
    known.delete(at)
  }
  const begin = (at: string, found: Known | undefined, call: Work['call']): Work => {
    const number = numbers.get(at) as number
    const work = { key: at, order: ++begun, number, since: clock.now(), found, gate: deferred(), call }
    works.add(work)
    return work
  }
  const refreshFailed = ({ found }: Work, now: number): void => {
    counts.refreshErrors++
    if (found !== undefined) found.refreshFrom = now + refreshCooldown
  }

  const call = (at: string): void => {
    const found = known.get(at)
    const age = found === undefined ? Number.POSITIVE_INFINITY : clock.now() - found.at
    const made: NonNullable<Work['call']> = { controller: new AbortController(), end: undefined, expected: undefined }
    let work: Work | undefined
    if (found !== undefined && age < ttl + staleWhileRevalidate) {
      made.expected = { ok: true, value: found.value }
      if (age < ttl) counts.hits++
      else {
        counts.stale++
        const running = [...works].some((each) => each.call === undefined && each.key === at)
        if (!running && clock.now() >= found.refreshFrom) {
          counts.refreshes++
          work = begin(at, found, undefined)
        }
      }
    } else {
      counts.misses++
      work = begin(at, found, made)
    }
    let ran = false
    const operation = () => {
      ran = true
      return work?.gate.promise
    }
    calls.push(made)
    void ended(all.execute(operation, { key: at, signal: made.controller.signal })).then((end) => {
      made.end = end
    })
    expect(ran).toBe(work !== undefined)
  }

  const settle = (work: Work, ok: boolean): void => {
    works.delete(work)
    const same = work.number === numbers.get(work.key)
    if (ok) {
      const value = ++values
      work.gate.resolve(value)
      if (work.call !== undefined) work.call.expected = { ok: true, value }
      if (!same || work.order <= (latest.get(work.key) ?? 0)) {
        if (work.call === undefined && work.found !== undefined) work.found.refreshFrom = clock.now() + refreshCooldown
      } else if (store(work.key, value)) latest.set(work.key, work.order)
      return
    }
    work.gate.reject(new Error('down'))
    if (work.call === undefined) {
      refreshFailed(work, clock.now())
      return
    }
    const stale = known.get(work.key) ?? (same ? work.found : undefined)
    const serves = staleIfError > 0 && stale !== undefined && clock.now() - stale.at < ttl + staleIfError
    if (serves) counts.saved++
    work.call.expected = serves ? { ok: true, value: stale?.value } : 'error'
  }

  const advance = async (ms: number): Promise<void> => {
    const until = clock.now() + ms
    for (const work of [...works]) {
      const over = work.since + (work.call === undefined ? within : (outer ?? Number.POSITIVE_INFINITY))
      if (over > until) continue
      works.delete(work)
      if (work.call === undefined) refreshFailed(work, over)
      else work.call.expected = 'error'
    }
    await clock.advance(ms)
  }

  const check = async (): Promise<void> => {
    await clock.advance(0)
    for (const { end, expected } of calls) {
      if (expected === 'error') expect(end?.ok).toBe(false)
      else expect(end).toEqual(expected)
    }
    const refreshing = [...works].filter((work) => work.call === undefined).length
    expect(policy.snapshot()).toMatchObject({ ...counts, refreshing, size: known.size, evictions: 0 })
    for (const each of keys) {
      const found = known.get(each)
      const given = found !== undefined && clock.now() - found.at < ttl + staleWhileRevalidate
      expect(policy.get(each)).toBe(given ? found.value : undefined)
    }
  }

  for (const step of commands) {
    if (step.do === 'call') call(step.key)
    else if (step.do === 'settle') {
      const work = [...works][step.which % Math.max(1, works.size)]
      if (work !== undefined) settle(work, step.ok)
    } else if (step.do === 'abort') {
      const mine = [...works].filter((work) => work.call !== undefined)
      const work = mine[step.which % Math.max(1, mine.length)]
      if (work?.call !== undefined) {
        works.delete(work)
        work.call.expected = 'error'
        work.call.controller.abort(new Error('left'))
      }
    } else if (step.do === 'step back') clock.stepWall(step.ms)
    else if (step.do === 'invalidate') {
      change(step.key)
      policy.invalidate(step.key)
    } else if (step.do === 'prime') {
      change(step.key)
      const value = ++values
      store(step.key, value)
      policy.prime(step.key, value)
    } else if (step.do === 'clear') {
      for (const each of keys) change(each)
      policy.clear()
    } else await advance(step.ms)
    await check()
  }
  for (const work of [...works]) {
    settle(work, true)
    await check()
  }
  expect(clock.pending).toBe(0)
}

describe('cache', () => {
  it('gives, stores and refreshes as the model does, and leaves nothing behind', async () => {
    await fc.assert(fc.asyncProperty(settings, fc.array(command, { maxLength: 60, size: 'max' }), play), {
      numRuns: runs(1000),
    })
  }, 120_000)
})
