/**
 * Spans of the calls of one policy: one for each outermost call.
 *
 * The span begins in `execute`, as a child of the span that is active there. It is active in the operation, whenever and by
 * whichever call that is started: another call that leaves may start one that waits in a queue. An error of the tracer or
 * the context manager is a `fault` of the policy, and the call goes on without a span.
 */
import type { CallOptions } from '../../core/call/call.ts'
import type { CallStarter } from '../../core/call/call-observer.ts'
import type { BasePolicy } from '../../core/policy.ts'
import { telemetryOfKind } from '../../metrics/kinds.ts'
import { type Context, context, type Span, type Tracer, trace } from './api.ts'
import { attributeName } from './attribute-names.ts'
import { CallSpan } from './call-span.ts'
import type { CallTracing, TracedOperation } from './call-tracing.ts'

export class PolicyTracing implements CallTracing {
  readonly tracer: Tracer
  readonly policy: BasePolicy
  readonly repeats: boolean

  constructor(tracer: Tracer, policy: BasePolicy) {
    this.tracer = tracer
    this.policy = policy
    this.repeats = mayRepeat(policy)
  }

  /** Returns a function that stops the tracing. */
  start(): () => void {
    return this.policy.intercept((starter, operation, options) => this.#begin(starter, operation, options))
  }

  #begin(starter: CallStarter, operation: TracedOperation, options: CallOptions | undefined): Promise<unknown> {
    const begun = typeof operation === 'function' ? this.guard(() => this.#span()) : undefined
    if (begun === undefined) return starter.run(operation, options)
    const { span, active, recorded } = begun
    if (!recorded) {
      // The sampler dropped the span, and spans inside the operation must see that.
      const inside: TracedOperation = (call) => this.within(active, () => operation(call))
      return this.within(active, () => starter.run(inside, options))
    }
    const call = new CallSpan(this, span, active, operation)
    return this.within(active, () => starter.observe((given: never) => call.run(given), options, call))
  }

  #span(): { readonly span: Span; readonly active: Context; readonly recorded: boolean } {
    const { name, kind } = this.policy
    const attributes = { [attributeName('policy.name')]: name, [attributeName('policy.kind')]: kind }
    const outside = context.active()
    const span = this.tracer.startSpan(name, { attributes }, outside)
    return { span, active: trace.setSpan(outside, span), recorded: span.isRecording() }
  }

  within<Result>(active: Context, work: () => Result): Result {
    let begun = false
    try {
      if (context.active() === active) {
        begun = true
        return work()
      }
      return context.with(active, () => {
        begun = true
        return work()
      })
    } catch (error) {
      if (begun) throw error
      this.#fault(error)
      return work()
    }
  }

  guard<Result>(work: () => Result): Result | undefined {
    try {
      return work()
    } catch (error) {
      this.#fault(error)
      return undefined
    }
  }

  #fault(error: unknown): void {
    this.policy.events.fault('tracer', error)
  }
}

/** Whether a policy inside may run the operation again. */
function mayRepeat(policy: BasePolicy): boolean {
  if (policy.parts.length > 0) return policy.parts.some(mayRepeat)
  return telemetryOfKind(policy.kind)?.repeats === true
}
