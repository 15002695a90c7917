/**
 * The span of one call, and those of its tries where there may be more than one.
 *
 * Invariant: `#open` holds the tries that have a span and have not ended. A try that was given up ends when that is noticed,
 * though its work may go on; none outlives the call.
 */
import type { Call } from '../../core/call.ts'
import type { CallEnd, CallObserver } from '../../core/call-observer.ts'
import { promiseOf } from '../../core/drive.ts'
import { isRejection } from '../../core/errors.ts'
import type { EventBase } from '../../core/events.ts'
import { type Context, type Span, SpanStatusCode, trace } from './api.ts'
import { attributeName } from './attribute-names.ts'
import { wordsOf } from './error-words.ts'
import { eventAttributes, eventName } from './span-event.ts'
import type { Operation, Tracks } from './tracks.ts'

/** A call as the driver knows it, with what a pool gives. */
type Trying = Call & { readonly member?: unknown; readonly over?: boolean }

interface Failure {
  readonly error: unknown
}

interface Try {
  readonly span: Span
  readonly call: Trying
}

export class CallSpan implements CallObserver {
  readonly #tracks: Tracks
  readonly #span: Span
  readonly #active: Context
  readonly #operation: Operation
  readonly #open = new Set<Try>()
  #member: unknown = undefined

  constructor(tracks: Tracks, span: Span, active: Context, operation: Operation) {
    this.#tracks = tracks
    this.#span = span
    this.#active = active
    this.#operation = operation
  }

  /** Runs the operation, in the place of the caller's. */
  run(given: unknown): unknown {
    const tracks = this.#tracks
    const call = given as Trying
    this.#member = call.member
    const attempt = tracks.repeats ? tracks.guard(() => this.#try(call)) : undefined
    const active = attempt === undefined ? this.#active : trace.setSpan(this.#active, attempt.span)
    const work = () => this.#operation(given as never)
    if (attempt === undefined) return tracks.within(active, work)
    let result: unknown
    try {
      result = tracks.within(active, work)
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

  told(event: string, payload: EventBase, call: Call): void {
    const { error } = payload as { readonly error?: unknown }
    this.#sweep({ error })
    const { member } = call as Trying
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
      fail(span, value, attempts > 0 && !this.#tracks.repeats)
    }
  }

  #try(call: Trying): Try {
    this.#sweep(undefined)
    const { name } = this.#tracks.policy
    const attributes = {
      [attributeName('policy.name')]: name,
      [attributeName('attempt.number')]: call.attempt,
      ...(typeof call.member === 'string' ? { [attributeName('pool.member.name')]: call.member } : {}),
    }
    const span = this.#tracks.tracer.startSpan(`${name} attempt`, { attributes }, this.#active)
    const attempt = { span, call }
    this.#open.add(attempt)
    return attempt
  }

  /** Ends the spans of tries that were given up, with what gave them up. */
  #sweep(failure: Failure | undefined): void {
    for (const attempt of this.#open) if (attempt.call.over) this.#close(attempt, failure, true)
  }

  #close(attempt: Try, failure?: Failure, abandoned = false): void {
    if (!this.#open.delete(attempt)) return
    this.#tracks.guard(() => {
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

/** `threw`: it is what the work of this very span threw. */
function fail(span: Span, error: unknown, threw: boolean): void {
  const { type, message } = wordsOf(error)
  span.setAttribute('error.type', type)
  span.setStatus(message === undefined ? { code: SpanStatusCode.ERROR } : { code: SpanStatusCode.ERROR, message })
  if (threw && message !== undefined) span.recordException(error as Error)
}
