/** The deadline budget in random interleavings, against a model that keeps a list of all calls that had a deadline. */
import fc from 'fast-check'
import { deadlineBudget } from 'holdfast'
import { recorder, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { MovingQuantile } from '../../src/stats/moving-quantile.ts'
import { type Deferred, deferred, type Ended, ended } from '../composition/deferred.ts'
import { runs } from '../effort.ts'

type Command =
  | { readonly do: 'call'; readonly deadline: number | undefined }
  | { readonly do: 'settle'; readonly which: number; readonly good: boolean }
  | { readonly do: 'abort'; readonly which: number }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'step'; readonly ms: number }

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('call' as const),
      deadline: fc.constantFrom(undefined, -5, 0, 1, 20, 50, 400, 10_000),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('settle' as const), which: fc.nat(7), good: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('abort' as const), which: fc.nat(7) }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(0, 1, 30, 300, 1000, 12_000) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('step' as const), ms: fc.constantFrom(-5000, 5000) }) },
)

const settings = fc.record({
  reserve: fc.constantFrom(0, 20, 300),
  expected: fc.constantFrom<(number | false)[]>(0.5, 0.9, false),
})

type Settings = typeof settings extends fc.Arbitrary<infer S> ? S : never

interface Tracked {
  readonly gate: Deferred<unknown>
  readonly controller: AbortController
  readonly begun: number
  promise: Promise<Ended>
  over: boolean
}

const width = 1000

/** Buckets of a second begin at the first call after the window was empty. */
class Model {
  readonly #settings: Settings
  readonly #latency: MovingQuantile
  #calls: { readonly bucket: number; readonly refused: boolean }[] = []
  #start = Number.NEGATIVE_INFINITY
  rejections = 0

  constructor(given: Settings) {
    this.#settings = given
    this.#latency = new MovingQuantile(given.expected || 0.5)
  }

  get needed(): number {
    const learned = this.#settings.expected !== false && this.#latency.count >= 10
    return Math.max(this.#settings.reserve, learned ? this.#latency.estimate : 0)
  }

  at(now: number): { readonly calls: number; readonly refused: number } {
    const steps = Math.floor((now - this.#start) / width)
    const start = steps >= 10 ? now : this.#start + steps * width
    const kept = this.#calls.filter(({ bucket }) => bucket > start - 10 * width)
    return { calls: kept.length, refused: kept.filter(({ refused }) => refused).length }
  }

  call(remaining: number, now: number): boolean {
    const { calls, refused } = this.at(now)
    const refuses = (remaining <= 0 || remaining < this.needed) && 5 * (refused + 1) <= calls + 1
    const steps = Math.floor((now - this.#start) / width)
    this.#start = steps >= 10 ? now : this.#start + steps * width
    this.#calls.push({ bucket: this.#start, refused: refuses })
    if (refuses) this.rejections++
    return refuses
  }

  success(latency: number): void {
    this.#latency.add(latency)
  }
}

async function play(given: Settings, commands: readonly Command[]): Promise<void> {
  const clock = virtualClock()
  const policy = deadlineBudget({ ...given, clock })
  const { of } = recorder(policy)
  const model = new Model(given)
  const calls: Tracked[] = []
  const running = (): Tracked[] => calls.filter(({ over }) => !over)

  const call = async (deadline: number | undefined): Promise<void> => {
    const refused = deadline !== undefined && model.call(deadline, clock.now())
    const gate = deferred()
    const controller = new AbortController()
    let started = false
    const work = () => {
      started = true
      return gate.promise
    }
    const promise = ended(policy.execute(work, { deadline, signal: controller.signal }))
    expect(started).toBe(!refused)
    if (refused) expect(await promise).toMatchObject({ ok: false, error: { code: 'HF_DEADLINE' } })
    calls.push({ gate, controller, begun: clock.now(), promise, over: refused })
  }

  for (const step of commands) {
    const chosen = 'which' in step ? running()[step.which % Math.max(1, running().length)] : undefined
    if (step.do === 'call') await call(step.deadline)
    else if (step.do === 'advance') await clock.advance(step.ms)
    else if (step.do === 'step') clock.stepWall(step.ms)
    else if (chosen !== undefined) {
      chosen.over = true
      if (step.do === 'abort') chosen.controller.abort('left')
      else if (step.good) {
        model.success(clock.now() - chosen.begun)
        chosen.gate.resolve('fine')
      } else chosen.gate.reject(new Error('down'))
      expect((await chosen.promise).ok).toBe(step.do === 'settle' && step.good)
    }
    expect(policy.needed).toBeCloseTo(model.needed, 9)
    expect(policy.snapshot()).toMatchObject({ ...model.at(clock.now()), rejections: model.rejections })
  }
  for (const { gate, promise } of running()) {
    gate.resolve('late')
    await promise
  }
  expect(of('reject')).toHaveLength(model.rejections)
  expect(of('fault')).toEqual([])
  expect(clock.pending).toBe(0)
}

describe('the deadline budget', () => {
  it('refuses by its counts and by what it has learned, in any interleaving', { timeout: 60_000 }, async () => {
    await fc.assert(fc.asyncProperty(settings, fc.array(command, { minLength: 5, maxLength: 80 }), play), {
      numRuns: runs(1000),
    })
  })
})
