/** Performs what the page asks for: checks the request, asks the `control` option, then applies the action. */
import type { Clock } from '../../../core/clock.ts'
import type { Milliseconds } from '../../../core/duration.ts'
import type { Events } from '../../../core/events.ts'
import { isRecord } from '../../../core/options.ts'
import type { ServerRequest } from '../../../serving/request.ts'
import type { DashboardControl } from '../options.ts'
import type { PolicyViews } from '../policies/policy-views.ts'
import { readJson } from '../request/json-body.ts'
import { RequestError } from '../request/request-error.ts'
import { mayChange } from '../request/same-origin.ts'
import type { ControlAction, ControlRequest } from '../wire/messages.ts'
import { type ControlTarget, controlActions, controlTarget } from './control-target.ts'
import { withTimeLimit } from './time-limit.ts'

/** The most decisions that may be pending, including those that have exceeded their time. */
const maxPending = 100

export class ControlHandler {
  readonly #decide: (request: DashboardControl) => unknown
  readonly #views: PolicyViews
  readonly #events: Events
  readonly #clock: Clock
  readonly #timeout: Milliseconds
  #pending = 0

  constructor(
    decide: (request: DashboardControl) => unknown,
    views: PolicyViews,
    events: Events,
    clock: Clock,
    timeout: Milliseconds,
  ) {
    this.#decide = decide
    this.#views = views
    this.#events = events
    this.#clock = clock
    this.#timeout = timeout
  }

  /** @throws RequestError if the action was not applied. */
  async perform(request: ServerRequest): Promise<void> {
    if (!mayChange(request)) throw new RequestError(403, 'only the page itself may send controls')
    const late = (): Error => new RequestError(408, 'the body took too long')
    const body = await withTimeLimit(this.#clock, this.#timeout, (signal) => readJson(request, signal), late)
    const { action, id } = controlOf(body)
    const { about, identity } = this.#target(action, id)
    if (!(await this.#allows({ action, id, ...about, raw: request.raw }))) throw new RequestError(403, 'not allowed')
    // The target may have been replaced while the decision was pending; the approval was not for its replacement.
    const target = this.#target(action, id)
    if (target.identity !== identity) throw notFound(action)
    try {
      target.apply()
    } catch (error) {
      this.#events.fault(action, error)
      throw new RequestError(500, 'internal error')
    }
  }

  /** A decision that fails or takes too long is a no. */
  async #allows(request: DashboardControl): Promise<boolean> {
    if (this.#pending >= maxPending) throw new RequestError(503, 'too many decisions are pending')
    const late = (): Error => new DOMException('The decision took too long', 'TimeoutError')
    try {
      return await withTimeLimit(this.#clock, this.#timeout, () => this.#decision(request), late)
    } catch (error) {
      this.#events.fault('control', error)
      return false
    }
  }

  async #decision(request: DashboardControl): Promise<boolean> {
    this.#pending++
    try {
      return (await this.#decide(request)) === true
    } finally {
      this.#pending--
    }
  }

  #target(action: ControlAction, id: string): ControlTarget {
    const target = controlTarget(this.#views, action, id)
    if (target === undefined) throw notFound(action)
    return target
  }
}

function notFound(action: ControlAction): RequestError {
  return new RequestError(404, `nothing to ${action} has this id`)
}

function controlOf(value: unknown): ControlRequest {
  const isControl =
    isRecord(value) &&
    Object.keys(value).sort().join() === 'action,id' &&
    typeof value['id'] === 'string' &&
    controlActions.includes(value['action'] as ControlAction)
  if (!isControl) throw new RequestError(400, 'the body must be { action, id }')
  return value as unknown as ControlRequest
}
