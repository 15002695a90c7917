/**
 * The throttle in random interleavings, against a model that keeps a list of all that was counted.
 *
 * Each call is counted once, at the moment it is refused or its outcome is known; one that its caller aborts is not. The
 * draws are given, so the model knows of each call whether it must be refused, and of each change when it must be reported.
 */
import fc from 'fast-check'
import { CircuitOpenError, pipeline, throttle, timeout } from 'holdfast'
import { recorder, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { type Deferred, deferred, type Ended, ended } from '../composition/deferred.ts'
import { runs } from '../effort.ts'

type End = 'accept' | 'error' | 'refuse' | 'open circuit'

type Command =
  | { readonly do: 'call'; readonly draw: number; readonly priority: number; readonly at: End | undefined }
  | { readonly do: 'settle'; readonly which: number; readonly end: End }
  | { readonly do: 'abort'; readonly which: number }
  | { readonly do: 'advance'; readonly ms: number }

const end = fc.constantFrom<End>('accept', 'error', 'refuse', 'refuse', 'open circuit')

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('call' as const),
      draw: fc.constantFrom(0, 0.25, 0.5, 0.75, 0.95),
      priority: fc.constantFrom(0, 0, 0, 1, -2),
      at: fc.option(end, { nil: undefined }),
    }),
  },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('settle' as const), which: fc.nat(7), end }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('abort' as const), which: fc.nat(7) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(0, 1, 50, 100, 250, 1000) }),
  },
)

const settings = fc.record({
  multiplier: fc.constantFrom(1, 1.1, 2),
  floor: fc.constantFrom(0, 0.1, 1),
  minimumCalls: fc.constantFrom(1, 3),
  /** Ends calls that hang; the throttle inside counts them. */
  outer: fc.constantFrom(undefined, 300),
})

type Settings = typeof settings extends fc.Arbitrary<infer S> ? S : never

const window = 1000
const width = window / 10

interface Counted {
  readonly bucket: number
  readonly priority: number
  readonly accepted: boolean
}

/** Buckets begin at the first count after the window was empty. */
class Model {
  readonly #settings: Settings
  #counted: Counted[] = []
  readonly #starts = new Map<number, number>()

  constructor(settings: Settings) {
    this.#settings = settings
  }

  count(priority: number, accepted: boolean, now: number): void {
    this.#roll(priority, now)
    this.#counted.push({ bucket: this.#starts.get(priority) as number, priority, accepted })
  }

  #roll(priority: number, now: number): void {
    const start = this.#starts.get(priority) ?? Number.NEGATIVE_INFINITY
    const steps = Math.floor((now - start) / width)
    this.#starts.set(priority, steps >= 10 ? now : start + steps * width)
    const first = (this.#starts.get(priority) as number) - 9 * width
    this.#counted = this.#counted.filter((known) => known.priority !== priority || known.bucket >= first)
  }

  probability(priority: number, now: number): number {
    for (const known of this.#starts.keys()) this.#roll(known, now)
    const { multiplier, floor, minimumCalls } = this.#settings
    const own = this.#counted.filter((known) => known.priority === priority)
    const above = this.#counted.filter((known) => known.priority > priority && !known.accepted)
    const requests = own.length + above.length
    const accepts = own.filter(({ accepted }) => accepted).length
    if (requests < minimumCalls) return 0
    return Math.min(1 - floor, Math.max(0, (requests - multiplier * accepts) / (requests + 1)))
  }

  highest(now: number): number {
    for (const known of this.#starts.keys()) this.#roll(known, now)
    const used = new Set(this.#counted.map(({ priority }) => priority))
    return Math.max(0, ...[...used].map((priority) => this.probability(priority, now)))
  }

  get size(): readonly [requests: number, accepts: number] {
    return [this.#counted.length, this.#counted.filter(({ accepted }) => accepted).length]
  }
}

interface Tracked {
  readonly gate: Deferred<unknown>
  readonly controller: AbortController
  readonly priority: number
  readonly begun: number
  promise: Promise<Ended>
  end: Ended | undefined
}

const outcomes: Readonly<Record<End, () => unknown>> = {
  accept: () => 'fine',
  error: () => {
    throw new Error('a bug')
  },
  refuse: () => {
    throw Object.assign(new Error('busy'), { status: 429 })
  },
  'open circuit': () => {
    throw new CircuitOpenError('open', 'breaker')
  },
}
const accepted = (how: End): boolean => how === 'accept' || how === 'error'

async function play(given: Settings, commands: readonly Command[]): Promise<void> {
  const { outer, ...options } = given
  const clock = virtualClock()
  let draw = 0
  const policy = throttle({ ...options, window, clock, random: () => draw })
  const guarded = pipeline({ name: 'guarded', clock }, ...(outer === undefined ? [] : [timeout(outer)]), policy)
  const { of } = recorder(policy)
  const model = new Model(given)
  const calls: Tracked[] = []
  let rejections = 0

  const running = (): Tracked[] => calls.filter((call) => call.end === undefined)
  const microtasks = async (): Promise<void> => {
    for (let i = 0; i < 8; i++) await undefined
  }

  const call = async (step: Extract<Command, { do: 'call' }>): Promise<void> => {
    const { priority, at } = step
    draw = step.draw
    const now = clock.now()
    const refused = draw < model.probability(priority, now)
    const controller = new AbortController()
    let started = false
    const tracked: Tracked = {
      gate: deferred(),
      controller,
      priority,
      begun: now,
      promise: Promise.resolve({ ok: true, value: undefined }),
      end: undefined,
    }
    const work = (): unknown => {
      started = true
      return at === undefined ? tracked.gate.promise : outcomes[at]()
    }
    tracked.promise = ended(guarded.execute(work, { priority, signal: controller.signal }))
    tracked.promise.then((how) => {
      expect(tracked.end).toBe(undefined)
      tracked.end = how
    })
    calls.push(tracked)
    expect(started).toBe(!refused)
    if (refused) {
      rejections++
      model.count(priority, false, now)
      expect(await tracked.promise).toMatchObject({ ok: false, error: { code: 'HF_THROTTLED' } })
    } else if (at !== undefined) model.count(priority, accepted(at), now)
    await microtasks()
  }

  for (const step of commands) {
    const chosen = 'which' in step ? running()[step.which % Math.max(1, running().length)] : undefined
    if (step.do === 'call') await call(step)
    else if (step.do === 'settle' && chosen !== undefined) {
      const how = step.end
      model.count(chosen.priority, accepted(how), clock.now())
      try {
        chosen.gate.resolve(outcomes[how]())
      } catch (error) {
        chosen.gate.reject(error)
      }
      await chosen.promise
    } else if (step.do === 'abort' && chosen !== undefined) {
      chosen.controller.abort('left')
      expect(await chosen.promise).toEqual({ ok: false, error: 'left' })
    } else if (step.do === 'advance') {
      const until = clock.now() + step.ms
      // Calls that hang are counted one after the other, when their time is over.
      if (outer !== undefined) {
        for (const hung of running()) {
          if (hung.begun + outer > until) continue
          model.count(hung.priority, true, hung.begun + outer)
        }
      }
      await clock.advance(step.ms)
    }
    await microtasks()
    const now = clock.now()
    expect(policy.probability).toBeCloseTo(model.highest(now), 10)
    const { requests, accepts, rejections: counted } = policy.snapshot()
    expect([requests, accepts, counted]).toEqual([...model.size, rejections])
    // Beginnings and ends take turns.
    of('change').forEach(({ from, to }, i) => {
      expect([from === 0, to === 0]).toEqual(i % 2 === 0 ? [true, false] : [false, true])
    })
  }
  for (const left of running()) left.gate.resolve('late')
  await microtasks()
  expect(of('reject')).toHaveLength(rejections)
  expect(of('fault')).toEqual([])
  expect([running().length, clock.pending]).toEqual([0, 0])
}

describe('the throttle', () => {
  it('counts each call once and refuses by its counts, in any interleaving', { timeout: 60_000 }, async () => {
    await fc.assert(fc.asyncProperty(settings, fc.array(command, { minLength: 5, maxLength: 60, size: 'max' }), play), {
      numRuns: runs(2000),
    })
  })
})
