/**
 * Random scenarios of a pipeline: several calls at once, under random operations, deadlines and aborts.
 *
 * There is no reference model, only what must hold in any order. Each call settles once with a legitimate result, an abort
 * takes effect at once, attempts stay bounded, an operation runs in the async context of its caller, and when all work has
 * settled nothing is left: no timer, no listener, no slot, no probe. Each module brings its policies, and what must hold of them, in its fixture.
 */
import type { AsyncLocalStorage } from 'node:async_hooks'
import { getEventListeners } from 'node:events'
import fc from 'fast-check'
import { type AnyPolicy, type Call, isHoldfastError, pipeline } from 'holdfast'
import { seededRandom, virtualClock } from 'holdfast/testing'
import { afterAll, beforeAll, expect } from 'vitest'
import { type Deferred, deferred, type Ended, ended } from '../composition/deferred.ts'
import { policyFixtures } from '../support/policy-modules.ts'

/** The policies of all fixtures, by name. */
const policies = new Map(policyFixtures.flatMap(([, { models }]) => Object.entries(models)))
/** Their names. */
export const policyNames: readonly string[] = [...policies.keys()]

type Behaviour = 'ok' | 'fail' | 'throw' | 'value' | 'slow ok' | 'slow fail' | 'heeds' | 'hang' | 'bad value'

const behaviour = fc.constantFrom<Behaviour>(
  'ok',
  'fail',
  'fail',
  'throw',
  'value',
  'slow ok',
  'slow fail',
  'heeds',
  'hang',
  'bad value',
)

const one = fc.record({
  at: fc.constantFrom(0, 0, 5, 30, 100),
  script: fc.array(behaviour, { minLength: 1, maxLength: 4 }),
  abortAt: fc.constantFrom(undefined, undefined, 0, 10, 25, 60),
  deadline: fc.constantFrom(undefined, undefined, 40, 200),
  idempotent: fc.constantFrom(true, true, true, false),
})

/** All of a scenario but the policies. */
export const scenario = fc.record({
  nested: fc.boolean(),
  seed: fc.integer({ min: 0, max: 1e9 }),
  limit: fc.integer({ min: 1, max: 3 }),
  queue: fc.constantFrom(0, 2, Number.POSITIVE_INFINITY),
  calls: fc.array(one, { minLength: 1, maxLength: 5 }),
})

type Scenario = typeof scenario extends fc.Arbitrary<infer S> ? S : never

/** The caller of each call. */
export type Callers = AsyncLocalStorage<AbortController>

const unhandled: unknown[] = []
const note = (error: unknown): void => void unhandled.push(error)
beforeAll(() => void process.on('unhandledRejection', note).on('uncaughtException', note))
afterAll(() => void process.off('unhandledRejection', note).off('uncaughtException', note))

/**
 * Plays a scenario with a pipeline of the policies of these names, outermost first, and checks what must hold. With `callers`, each
 * call is made in a context of its own; it is left out where nothing but the number of scenarios counts, for it slows all promises.
 */
export async function play(order: readonly string[], scenario: Scenario, callers?: Callers): Promise<void> {
  const { nested, seed, limit, queue, calls } = scenario
  const clock = virtualClock()
  const made = order.map((name) =>
    (policies.get(name) as NonNullable<ReturnType<typeof policies.get>>)({ limit, queue }),
  )
  const settings = { clock, random: seededRandom(seed) }
  const all = nested
    ? pipeline(settings, made[0]?.policy as AnyPolicy, pipeline('nested', ...made.slice(1).map(({ policy }) => policy)))
    : pipeline(settings, ...made.map(({ policy }) => policy))
  let ends = 0
  all.on('call', () => ends++)

  const pending = new Set<Deferred<unknown>>()
  let running = 0
  let strayed = 0
  const launched = calls.map(({ at, script, abortAt, deadline, idempotent }) => {
    const controller = new AbortController()
    const produced: unknown[] = []
    const thrown: unknown[] = []
    let invocations = 0
    let promise: Promise<Ended> | undefined
    let end: Ended | undefined
    let settlements = 0
    const work = (): Deferred<unknown> => {
      const gate = deferred()
      pending.add(gate)
      running++
      const stop = (): void => {
        pending.delete(gate)
        running--
      }
      gate.promise.then(stop, stop)
      return gate
    }
    const operation = ({ signal }: Call): unknown => {
      // An expectation that fails here would be an outcome like any other.
      if (callers !== undefined && callers.getStore() !== controller) strayed++
      const how = script[Math.min(invocations++, script.length - 1)] as Behaviour
      const error = new Error(`failure ${invocations}`)
      const value = `value ${invocations}`
      if (how === 'throw' || how === 'fail' || how === 'slow fail') thrown.push(error)
      else produced.push(how === 'bad value' ? 'bad' : value)
      if (how === 'throw') throw error
      if (how === 'value') return value
      if (how === 'bad value') return Promise.resolve('bad')
      if (how === 'ok') return Promise.resolve(value)
      if (how === 'fail') return Promise.reject(error)
      if (how === 'hang' || how === 'heeds') {
        const gate = work()
        const heed = (): void => gate.reject(signal.reason)
        const forget = (): void => signal.removeEventListener('abort', heed)
        if (how === 'heeds') signal.addEventListener('abort', heed)
        gate.promise.then(forget, forget)
        return gate.promise
      }
      const gate = work()
      later(22, () => (how === 'slow fail' ? gate.reject(error) : gate.resolve(value)))
      return gate.promise
    }
    const options = { signal: controller.signal, idempotent, ...(deadline === undefined ? {} : { deadline }) }
    const begin = (): void => {
      const execute = () => ended(all.execute(operation as (call: Call) => never, options))
      promise = callers === undefined ? execute() : callers.run(controller, execute)
      promise.then((result) => {
        settlements++
        end = result
      })
    }
    return {
      at,
      abortAt,
      controller,
      produced,
      thrown,
      idempotent,
      begin,
      get: () => ({ invocations, end, settlements }),
    }
  })

  // The timetable of the test: what is to happen when, besides the timers of the policies.
  const table: { readonly at: number; readonly run: () => void | Promise<void> }[] = []
  function later(after: number, run: () => void): void {
    table.push({ at: clock.now() + after, run })
  }
  for (const call of launched) {
    table.push({ at: call.at, run: call.begin })
    if (call.abortAt === undefined) continue
    table.push({
      at: call.at + call.abortAt,
      run: async () => {
        if (call.get().end !== undefined) return
        const reason = new Error('left')
        call.controller.abort(reason)
        for (let i = 0; i < 6; i++) await undefined
        // An answer under way when the caller left may win; a call that still waits ends now.
        const after = call.get().end
        expect(after).toBeDefined()
        if (after?.ok === false && after.error === reason) call.thrown.push(reason)
      },
    })
  }
  while (table.length > 0) {
    table.sort((a, b) => a.at - b.at)
    const next = table.shift() as (typeof table)[number]
    await clock.advance(Math.max(0, next.at - clock.now()))
    await next.run()
    for (const { during } of made) during?.()
  }
  // All work ends at last, and what waits for it with it.
  for (let round = 0; round < 12; round++) {
    await clock.advance(100)
    for (const gate of pending) gate.resolve('late')
    while (table.length > 0) await (table.shift() as (typeof table)[number]).run()
  }
  await clock.advance(0)

  const most = made.reduce((product, { attempts = 1 }) => product * attempts, 1)
  const repeatsAlways = made.some((one) => one.repeatsAlways)
  for (const call of launched) {
    const { end, invocations, settlements } = call.get()
    expect(settlements).toBe(1)
    expect(invocations).toBeLessThanOrEqual(most)
    if (!call.idempotent && !repeatsAlways) expect(invocations).toBeLessThanOrEqual(1)
    if (end?.ok) {
      expect([...call.produced, 'late', ...made.flatMap(({ gives = [] }) => gives)]).toContain(end.value)
    } else if (end !== undefined && !isHoldfastError(end.error)) {
      expect(call.thrown).toContain(end.error)
    }
    expect(getEventListeners(call.controller.signal, 'abort').length).toBe(0)
  }
  expect(ends).toBe(launched.length)
  expect(running).toBe(0)
  expect(strayed).toBe(0)
  expect(clock.pending).toBe(0)
  for (const { after } of made) await after?.(clock)
  expect(unhandled).toEqual([])
}
