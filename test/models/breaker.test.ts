/** The circuit breaker against its reference, in random interleavings on the virtual clock. */
import fc from 'fast-check'
import { type CircuitSnapshot, circuitBreaker, exponential, isHoldfastError } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { type Deferred, deferred, type Ended, ended } from '../composition/deferred.ts'
import { runs } from '../effort.ts'
import { BreakerModel, type ModelCall, type ModelOptions, type Result } from './breaker-model.ts'

type Command =
  | { readonly do: 'call'; readonly abortable: boolean }
  | { readonly do: 'settle'; readonly which: number; readonly how: 'ok' | 'bad value' | 'fail' | 'ignored' }
  | { readonly do: 'abort' | 'release'; readonly which: number }
  | { readonly do: 'advance' | 'stepWall'; readonly ms: number }
  | { readonly do: 'trip'; readonly openFor: number | undefined }
  | { readonly do: 'isolate' | 'reset' | 'disable' | 'restart' }

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('call' as const), abortable: fc.boolean() }) },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      which: fc.nat(7),
      how: fc.constantFrom(
        'ok' as const,
        'ok' as const,
        'bad value' as const,
        'fail' as const,
        'fail' as const,
        'ignored' as const,
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('abort' as const), which: fc.nat(7) }) },
  {
    weight: 7,
    arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(0, 1, 29, 30, 31, 60, 100, 250) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('stepWall' as const), ms: fc.constantFrom(-3_600_000, -1, 3_600_000) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('release' as const), which: fc.nat(3) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('trip' as const), openFor: fc.constantFrom(undefined, 0, 40) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('isolate' as const, 'reset' as const, 'disable' as const) }),
  },
)

const rules: fc.Arbitrary<ModelOptions> = fc
  .record({
    rule: fc.constantFrom('row', 'rate', 'slow', 'row and rate', 'rate and slow'),
    calls: fc.integer({ min: 1, max: 6 }),
    minimumCalls: fc.integer({ min: 1, max: 4 }),
    row: fc.integer({ min: 1, max: 3 }),
    rate: fc.constantFrom(0, 0.3, 0.5, 2 / 3, 1),
    probes: fc.integer({ min: 1, max: 4 }),
    warmUp: fc.constantFrom(0, 0, 50),
    openFor: fc.constantFrom<ModelOptions['openFor']>(
      () => 100,
      () => 0,
      (opening) => Math.min(250, 60 * 2 ** (opening - 1)),
    ),
  })
  .map(({ rule, row, rate, ...rest }) => ({
    ...rest,
    ...(rule.includes('row') ? { consecutiveFailures: row } : {}),
    ...(rule.includes('rate') ? { failureRate: rate } : {}),
    ...(rule.includes('slow') ? { slowCallRate: rate, slowCallAfter: 30 } : {}),
  }))

/** The model's opening times as a helper's backoff, or as a function. */
function backoffOf(openFor: ModelOptions['openFor'], asFunction: boolean) {
  if (asFunction) return ({ attempt }: { readonly attempt: number }) => openFor(attempt)
  return openFor(1) === openFor(2) ? openFor(1) : exponential({ base: openFor(1), max: 250, jitter: 'none' })
}

const ignoredError = new Error('ignore me')
const failure = new Error('down')
const microtasks = async (): Promise<void> => {
  for (let i = 0; i < 4; i++) await undefined
}

interface InFlight {
  readonly gate: Deferred<unknown>
  readonly model: ModelCall
  readonly controller: AbortController | undefined
  readonly promise: Promise<Ended>
  aborted: boolean
}

async function play(options: ModelOptions, commands: readonly Command[]): Promise<void> {
  const clock = virtualClock({ wall: 1e12 })
  const { calls, openFor, minimumCalls, ...given } = options
  const rates = given.failureRate !== undefined || given.slowCallRate !== undefined
  const window = rates ? { window: { calls }, minimumCalls: Math.min(minimumCalls, calls) } : {}
  const log: string[] = []
  const make = (restore?: CircuitSnapshot) => {
    const made = circuitBreaker({
      ...given,
      ...window,
      openFor: backoffOf(openFor, commands.length % 2 === 0),
      clock,
      when: (outcome) => (outcome.ok ? outcome.value === 'bad' : outcome.error === ignoredError ? 'ignore' : true),
      ...(restore === undefined ? {} : { restore }),
    })
    made.on('open', ({ cause, until }) => log.push(`open ${cause} ${until}`))
    made.on('halfOpen', () => log.push('halfOpen'))
    made.on('close', ({ from }) => log.push(`close ${from}`))
    made.on('isolate', () => log.push('isolate'))
    made.on('disable', () => log.push('disable'))
    return made
  }
  let breaker = make()
  const model = new BreakerModel(options)
  const inFlight: InFlight[] = []
  const handles: { readonly real: { release(): void }; readonly model: object }[] = []
  const pick = <T>(list: readonly T[], which: number): T | undefined => list[which % Math.max(1, list.length)]

  for (const step of commands) {
    const now = clock.now()
    if (step.do === 'call') {
      const admission = model.admit(now)
      const gate = deferred()
      let invoked = false
      const controller = step.abortable ? new AbortController() : undefined
      const promise = ended(
        breaker.execute(
          () => {
            invoked = true
            return gate.promise
          },
          controller === undefined ? undefined : { signal: controller.signal },
        ),
      )
      expect(invoked).toBe(admission.admitted)
      if (admission.admitted) {
        inFlight.push({ gate, model: admission.call, controller, promise, aborted: false })
      } else {
        const end = await promise
        const error = end.ok ? undefined : end.error
        expect(isHoldfastError(error) && error.code).toBe('HF_CIRCUIT_OPEN')
        expect((error as { retryAfter?: number }).retryAfter).toBe(
          model.state === 'open' ? model.until - now : undefined,
        )
      }
    } else if (step.do === 'settle') {
      const call = pick(inFlight, step.which)
      if (call === undefined) continue
      inFlight.splice(inFlight.indexOf(call), 1)
      const results: Record<typeof step.how, Result> = {
        ok: 'ok',
        'bad value': 'fail',
        fail: 'fail',
        ignored: 'ignored',
      }
      if (step.how === 'ok' || step.how === 'bad value') call.gate.resolve(step.how === 'ok' ? 'good' : 'bad')
      else call.gate.reject(step.how === 'fail' ? failure : ignoredError)
      await microtasks()
      if (call.aborted) continue
      model.settle(call.model, results[step.how], now)
      const expected = { ok: { ok: true, value: 'good' }, 'bad value': { ok: true, value: 'bad' } }
      expect(await call.promise).toEqual(
        step.how in expected
          ? expected[step.how as 'ok']
          : { ok: false, error: step.how === 'fail' ? failure : ignoredError },
      )
    } else if (step.do === 'abort') {
      const call = pick(inFlight, step.which)
      if (call?.controller === undefined || call.aborted) continue
      const reason = new Error('left')
      call.controller.abort(reason)
      call.aborted = true
      model.settle(call.model, 'ignored', now)
      expect(await call.promise).toEqual({ ok: false, error: reason })
    } else if (step.do === 'advance') await clock.advance(step.ms)
    else if (step.do === 'stepWall') clock.stepWall(step.ms)
    else if (step.do === 'isolate') handles.push({ real: breaker.isolate(), model: model.isolate() })
    else if (step.do === 'release') {
      const handle = pick(handles, step.which)
      handle?.real.release()
      if (handle !== undefined) model.release(handle.model)
    } else if (step.do === 'trip') {
      breaker.trip(step.openFor === undefined ? undefined : { openFor: step.openFor })
      model.trip(now, step.openFor)
    } else if (step.do === 'restart') {
      const snapshot = JSON.parse(JSON.stringify(breaker.snapshot())) as CircuitSnapshot
      breaker.off('open').off('halfOpen').off('close').off('isolate').off('disable')
      breaker = make(snapshot)
      // Dates what is restored, so that no step of the wall clock comes between.
      breaker.snapshot()
      handles.length = 0
      model.restart(now)
    } else {
      breaker[step.do]()
      model[step.do]()
    }
    expect(breaker.state).toBe(model.state)
    expect(log).toEqual(model.log)
  }
  expect(clock.pending).toBe(0)
}

describe('the circuit breaker', () => {
  it('admits, refuses, opens and closes as its reference does, in any interleaving', { timeout: 60_000 }, async () => {
    await fc.assert(fc.asyncProperty(rules, fc.array(command, { minLength: 5, maxLength: 60, size: 'max' }), play), {
      numRuns: runs(5000),
    })
  })
})
