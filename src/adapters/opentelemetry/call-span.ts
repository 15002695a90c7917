/**
 * The span of one call, and the spans of its attempts where the policy may make several.
 *
 * Invariant: `#open` holds the attempts whose span has not ended. The span of an abandoned attempt ends when that is noticed,
 * though the work may go on. No span of an attempt outlives the call's span.
 */
import type { Call } from '../../core/call/call.ts'
import type { CallEnd, CallObserver } from '../../core/call/call-observer.ts'
import { promiseOf } from '../../core/call/call-promise.ts'
import { isRejection } from '../../core/errors.ts'
import type { EventBase } from '../../core/events.ts'
import { type Context, type Span, SpanStatusCode, trace } from './api.ts'
import { attributeName } from './attribute-names.ts'
import type { CallTracing, TracedOperation } from './call-tracing.ts'
import { errorSummary } from './error-type.ts'
import { eventAttributes, eventName } from './span-event.ts'

/** A call as the driver knows it, with the member that a pool chose. */
type TracedCall = Call & { readonly member?: unknown; readonly over?: boolean }

interface AttemptFailure {
  readonly error: unknown
}

interface OpenAttempt {
  readonly span: Span
  readonly call: TracedCall
}

export class CallSpan implements CallObserver {
  readonly #tracing: CallTracing
  readonly #span: Span
  readonly #active: Context
  readonly #operation: TracedOperation
  readonly #open = new Set<OpenAttempt>()
  #member: unknown = undefined

  constructor(tracing: CallTracing, span: Span, active: Context, operation: TracedOperation) {
    this.#tracing = tracing
    this.#span = span
    this.#active = active
    this.#operation = operation
  }

  /** Runs in place of the caller's operation, and runs that. */
  run(given: unknown): unknown {
    const tracing = this.#tracing
    const call = given as TracedCall
    this.#member = call.member
    const attempt = tracing.repeats ? tracing.guard(() => this.#startAttempt(call)) : undefined
    const active = attempt === undefined ? this.#active : trace.setSpan(this.#active, attempt.span)
    const work = () => this.#operation(given as never)
    if (attempt === undefined) return tracing.within(active, work)
    let result: unknown
    try {
      result = tracing.within(active, work)
    } catch (error) {
      this.#close(attempt, { error })
      throw error
    }
    const promise = promiseOf(result)
    if (promise === undefined) {
      this.#close(attempt)
      return result
    }
    return promise.then(
      (value) => {
        this.#close(attempt)
        return value
      },
      (error) => {
        this.#close(attempt, { error })
        throw error
      },
    )
  }

  onEvent(event: string, payload: EventBase, call: Call): void {
    const { error } = payload as { readonly error?: unknown }
    this.#closeAbandoned({ error })
    const { member } = call as TracedCall
    this.#span.addEvent(eventName(payload.kind, event), eventAttributes(payload, member))
  }

  ended(ending: CallEnd): void {
    for (const attempt of this.#open) this.#close(attempt, undefined, true)
    try {
      this.#describe(ending)
    } finally {
      this.#span.end()
    }
  }

  #describe({ resolved, value, ok, ignored, attempts, savedBy }: CallEnd): void {
    const span = this.#span
    span.setAttribute(attributeName('outcome'), ignored ? 'ignored' : ok ? 'success' : 'failure')
    span.setAttribute(attributeName('call.attempts'), attempts)
    if (savedBy !== undefined) span.setAttribute(attributeName('saved_by'), savedBy)
    if (typeof this.#member === 'string') span.setAttribute(attributeName('pool.member.name'), this.#member)
    if (!resolved && !ignored) {
      if (isRejection(value)) span.setAttribute(attributeName('call.rejected_by'), value.policy)
      fail(span, value, attempts > 0 && !this.#tracing.repeats)
    }
  }

  #startAttempt(call: TracedCall): OpenAttempt {
    this.#closeAbandoned(undefined)
    const { name } = this.#tracing.policy
    const attributes = {
      [attributeName('policy.name')]: name,
      [attributeName('attempt.number')]: call.attempt,
      ...(typeof call.member === 'string' ? { [attributeName('pool.member.name')]: call.member } : {}),
    }
    const span = this.#tracing.tracer.startSpan(`${name} attempt`, { attributes }, this.#active)
    const attempt = { span, call }
    this.#open.add(attempt)
    return attempt
  }

  /** Ends the spans of abandoned attempts; `failure` is the reason. */
  #closeAbandoned(failure: AttemptFailure | undefined): void {
    for (const attempt of this.#open) if (attempt.call.over) this.#close(attempt, failure, true)
  }

  #close(attempt: OpenAttempt, failure?: AttemptFailure, abandoned = false): void {
    if (!this.#open.delete(attempt)) return
    this.#tracing.guard(() => {
      const { span } = attempt
      try {
        if (abandoned) span.setAttribute(attributeName('attempt.abandoned'), true)
        if (failure !== undefined) fail(span, failure.error, !abandoned)
      } finally {
        span.end()
      }
    })
  }
}

/** `threw`: the work of this span itself threw the error. */
function fail(span: Span, error: unknown, threw: boolean): void {
  const { type, message } = errorSummary(error)
  span.setAttribute('error.type', type)
  span.setStatus(message === undefined ? { code: SpanStatusCode.ERROR } : { code: SpanStatusCode.ERROR, message })
  if (threw && message !== undefined) span.recordException(error as Error)
}
