/**
 * The hedge in random interleavings, against a model of each call: which attempts run, when the next one is due, and what each
 * outcome does. Each outcome counts once, a call has at most `1 + hedges` attempts, each value that no caller gets is disposed
 * of once, no permit of the budget is lost or given back twice, and nothing is left behind. The clock may be set back.
 */
import fc from 'fast-check'
import { type Clock, type Hedge, hedge, type RetryBudget } from 'holdfast'
import { recorder, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { type Deferred, deferred, type Ended, ended } from '../composition/deferred.ts'
import { runs } from '../effort.ts'

type Settlement = 'good' | 'bad' | 'error'

type Command =
  | { readonly do: 'call'; readonly idempotent: boolean }
  | { readonly do: 'settle'; readonly which: number; readonly as: Settlement }
  | { readonly do: 'abort'; readonly which: number }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'set back'; readonly ms: number }

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('call' as const), idempotent: fc.constantFrom(true, true, true, false) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      which: fc.nat(20),
      as: fc.constantFrom<Settlement>('good', 'bad', 'error'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('abort' as const), which: fc.nat(7) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(0, 1, 5, 20, 60) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('set back' as const), ms: fc.constantFrom(1, 50) }) },
)

const settings = fc.record({
  after: fc.constantFrom(0, 5, 20),
  hedges: fc.integer({ min: 1, max: 4 }),
  wins: fc.constantFrom<'success' | 'any'>('success', 'any'),
  startOnFailure: fc.boolean(),
  /** Hedges that may be under way at once. */
  permits: fc.constantFrom(0, 1, 2, 100),
})

type Settings = typeof settings extends fc.Arbitrary<infer S> ? S : never

/** One attempt, in the model and as it runs. */
interface Attempt {
  readonly call: Tracked
  readonly number: number
  readonly gate: Deferred<unknown>
  state: 'running' | 'ended' | 'lost' | 'abandoned' | 'settled'
}

interface Tracked {
  readonly controller: AbortController
  readonly idempotent: boolean
  /** What the model expects to have begun, and what has. */
  readonly attempts: Attempt[]
  readonly begun: { readonly gate: Deferred<unknown>; readonly signal: AbortSignal }[]
  asked: number
  due: number | undefined
  /** The order in which calls with the same `due` go on. */
  armed: number
  last: { readonly ok: boolean; readonly value: unknown } | undefined
  expected: Ended | undefined
  found: Ended | undefined
}

class Model {
  readonly #settings: Settings
  readonly calls: Tracked[] = []
  readonly disposed: unknown[] = []
  readonly late: boolean[] = []
  readonly counts = { calls: 0, sent: 0, won: 0, denied: 0 }
  inUse = 0
  #armed = 0
  now = 0

  constructor(settings: Settings) {
    this.#settings = settings
  }

  get attempts(): Attempt[] {
    return this.calls.flatMap((call) => call.attempts).filter(({ state }) => state !== 'ended' && state !== 'settled')
  }

  get pending(): number {
    return this.attempts.filter(({ number }) => number > 1).length
  }

  begin(call: Tracked): void {
    this.calls.push(call)
    this.counts.calls++
    this.#attempt(call)
    if (this.#settings.after > 0) this.#arm(call)
    else while (call.asked < this.#settings.hedges) this.#next(call)
  }

  advance(until: number): void {
    for (;;) {
      const waiting = this.calls.filter(({ due }) => due !== undefined && due <= until)
      if (waiting.length === 0) break
      waiting.sort((a, b) => (a.due as number) - (b.due as number) || a.armed - b.armed)
      const [call] = waiting as [Tracked]
      this.now = call.due as number
      call.due = undefined
      this.#next(call)
      this.#arm(call)
    }
    this.now = until
  }

  settle(attempt: Attempt, ok: boolean, value: unknown, bad: boolean): void {
    const { call, state } = attempt
    if (state === 'lost') {
      this.late.push(ok)
      if (ok) this.disposed.push(value)
    }
    if (state === 'running') {
      attempt.state = 'ended'
      if (!bad || this.#settings.wins === 'any') this.#end(call, { ok, value }, attempt)
      else this.#failed(call, ok, value)
    }
    // The permit of a hedge is given back last.
    if (attempt.number > 1) this.inUse--
    attempt.state = 'settled'
  }

  abort(call: Tracked, reason: unknown): void {
    for (const attempt of call.attempts) if (attempt.state === 'running') attempt.state = 'abandoned'
    call.due = undefined
    this.#drop(call)
    call.expected = { ok: false, error: reason }
  }

  #attempt(call: Tracked): void {
    const number = call.attempts.length + 1
    call.attempts.push({ call, number, gate: deferred(), state: 'running' })
    if (number === 1) return
    this.counts.sent++
    this.inUse++
  }

  #next(call: Tracked): void {
    call.asked++
    if (!call.idempotent) {
      call.asked = this.#settings.hedges
      this.counts.denied++
    } else if (this.inUse >= this.#settings.permits) this.counts.denied++
    else this.#attempt(call)
  }

  #arm(call: Tracked): void {
    if (call.asked >= this.#settings.hedges || !call.attempts.some(({ state }) => state === 'running')) return
    call.due = this.now + this.#settings.after
    call.armed = this.#armed++
  }

  #failed(call: Tracked, ok: boolean, value: unknown): void {
    this.#drop(call)
    call.last = { ok, value }
    if (this.#settings.startOnFailure && call.asked < this.#settings.hedges) {
      call.due = undefined
      this.#next(call)
      this.#arm(call)
    }
    if (!call.attempts.some(({ state }) => state === 'running')) this.#end(call, call.last, undefined)
  }

  #end(
    call: Tracked,
    { ok, value }: { readonly ok: boolean; readonly value: unknown },
    winner: Attempt | undefined,
  ): void {
    call.due = undefined
    if (winner === undefined) call.last = undefined
    this.#drop(call)
    if (winner !== undefined && winner.number > 1) this.counts.won++
    for (const attempt of call.attempts) if (attempt.state === 'running') attempt.state = 'lost'
    call.expected = ok ? { ok, value } : { ok, error: value }
  }

  #drop(call: Tracked): void {
    if (call.last?.ok) this.disposed.push(call.last.value)
    call.last = undefined
  }
}

/** A budget for so many hedges at once, which counts what it is told. */
function budgetFor(permits: number) {
  const counted = { inUse: 0, deposits: 0, refunds: 0 }
  const budget = {
    deposit: () => {
      counted.deposits++
    },
    tryWithdraw: () => {
      if (counted.inUse >= permits) return undefined
      counted.inUse++
      let released = false
      return {
        release: () => {
          expect(released).toBe(false)
          released = true
          counted.inUse--
        },
        refund: () => {
          counted.refunds++
        },
      }
    },
  }
  return { counted, budget: budget as unknown as RetryBudget }
}

async function play(given: Settings, commands: readonly Command[]): Promise<void> {
  const { permits, ...options } = given
  const virtual = virtualClock()
  let back = 0
  const clock: Clock = {
    now: () => virtual.now() - back,
    wall: () => virtual.wall(),
    schedule: (timer, after) => virtual.schedule(timer, after),
    cancel: (timer) => virtual.cancel(timer),
  }
  const { counted, budget } = budgetFor(permits)
  const disposed: unknown[] = []
  const policy: Hedge<unknown> = hedge<unknown>({
    ...options,
    budget,
    clock,
    when: (outcome) => !outcome.ok || String(outcome.value).startsWith('bad'),
    dispose: (value) => disposed.push(value),
  })
  const { of } = recorder(policy)
  const model = new Model(given)
  let settled = 0

  const microtasks = async (): Promise<void> => {
    for (let i = 0; i < 12; i++) await undefined
  }

  const call = (idempotent: boolean): void => {
    const tracked: Tracked = {
      controller: new AbortController(),
      idempotent,
      attempts: [],
      begun: [],
      asked: 0,
      due: undefined,
      armed: 0,
      last: undefined,
      expected: undefined,
      found: undefined,
    }
    model.begin(tracked)
    const work = ({ signal }: { readonly signal: AbortSignal }): Promise<unknown> => {
      const { gate } = tracked.attempts[tracked.begun.length] as Attempt
      tracked.begun.push({ gate, signal })
      return gate.promise
    }
    const { signal } = tracked.controller
    ended(policy.execute(work, { signal, idempotent })).then((how) => {
      expect(tracked.found).toBe(undefined)
      tracked.found = how
    })
  }

  const settle = (attempt: Attempt, as: Settlement): void => {
    const value = as === 'error' ? new Error(`error ${settled++}`) : `${as} ${settled++}`
    model.settle(attempt, as !== 'error', value, as !== 'good')
    if (as === 'error') attempt.gate.reject(value)
    else attempt.gate.resolve(value)
  }

  const check = (): void => {
    for (const { begun, attempts, expected, found } of model.calls) {
      expect(begun).toHaveLength(attempts.length)
      expect(begun.length).toBeLessThanOrEqual(1 + given.hedges)
      expect(found).toEqual(expected)
      attempts.forEach(({ state }, i) => {
        if (state === 'lost' || state === 'abandoned') expect(begun[i]?.signal.aborted).toBe(true)
        if (state === 'running' || state === 'ended') expect(begun[i]?.signal.aborted).toBe(false)
      })
    }
    expect(policy.pending).toBe(model.pending)
    expect(counted.inUse).toBe(model.inUse)
    expect(counted.inUse).toBeGreaterThanOrEqual(0)
    expect(counted.deposits).toBe(model.calls.length)
    expect(policy.snapshot()).toEqual({ ...model.counts, delay: given.after })
    expect(disposed).toEqual(model.disposed)
    expect(of('lateResult').map(({ ok }) => ok)).toEqual(model.late)
    expect(of('deny')).toHaveLength(model.counts.denied)
    expect(of('hedge')).toHaveLength(model.counts.sent)
  }

  for (const step of commands) {
    if (step.do === 'call') call(step.idempotent)
    else if (step.do === 'advance') {
      model.advance(virtual.now() + step.ms)
      await virtual.advance(step.ms)
    } else if (step.do === 'set back') back += step.ms
    else if (step.do === 'settle') {
      const { attempts } = model
      const attempt = attempts[step.which % Math.max(1, attempts.length)]
      if (attempt !== undefined) settle(attempt, step.as)
    } else {
      const open = model.calls.filter(({ expected }) => expected === undefined)
      const chosen = open[step.which % Math.max(1, open.length)]
      if (chosen !== undefined) {
        model.abort(chosen, `left ${step.which}`)
        chosen.controller.abort(`left ${step.which}`)
      }
    }
    await microtasks()
    check()
  }
  // A failure may start another attempt, so there may be more after each round.
  for (let round = 0; model.attempts.length > 0; round++) {
    expect(round).toBeLessThan(50)
    for (const attempt of model.attempts) {
      settle(attempt, 'good')
      await microtasks()
    }
  }
  check()
  expect(of('fault')).toEqual([])
  expect([model.inUse, policy.pending, virtual.pending]).toEqual([0, 0, 0])
}

describe('the hedge', () => {
  it('counts each outcome once and leaves nothing behind, in any interleaving', { timeout: 60_000 }, async () => {
    await fc.assert(fc.asyncProperty(settings, fc.array(command, { minLength: 5, maxLength: 60, size: 'max' }), play), {
      numRuns: runs(2000),
    })
  })
})
