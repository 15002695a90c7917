/** What the page may do: each request is checked, then put to whoever decides, then done. */
import type { Clock } from '../../../core/clock.ts'
import type { Milliseconds } from '../../../core/duration.ts'
import type { Events } from '../../../core/events.ts'
import { isRecord } from '../../../core/options.ts'
import type { ServerRequest } from '../../../serving/request.ts'
import type { DashboardControl } from '../options.ts'
import { BreakerPart } from '../policies/breaker-view.ts'
import type { PartBook } from '../policies/policy-views.ts'
import { PoolPart } from '../policies/pool-view.ts'
import { jsonOf } from '../request/json-body.ts'
import { Refusal } from '../request/request-error.ts'
import { mayChange } from '../request/same-origin.ts'
import type { ControlAction, ControlRequest } from '../wire/facts.ts'
import { within } from './time-limit.ts'

const forBreakers = ['isolate', 'release', 'reset'] as const
const forMembers = ['drain', 'maintenance', 'ready'] as const

export const controlActions: readonly ControlAction[] = [...forBreakers, ...forMembers]

/** So many decisions may be under way at once, those counted that take too long. */
const mostUndecided = 100

/** Something to be done, and what it is done to. */
interface Deed {
  /** One that comes into its place under its name is another. */
  readonly on: object
  readonly about: Omit<DashboardControl, 'raw' | 'id' | 'action'>
  do(): void
}

export class Control {
  readonly #decide: (request: DashboardControl) => unknown
  readonly #book: PartBook
  readonly #events: Events
  readonly #clock: Clock
  readonly #timeout: Milliseconds
  #undecided = 0

  constructor(
    decide: (request: DashboardControl) => unknown,
    book: PartBook,
    events: Events,
    clock: Clock,
    timeout: Milliseconds,
  ) {
    this.#decide = decide
    this.#book = book
    this.#events = events
    this.#clock = clock
    this.#timeout = timeout
  }

  /** @throws Refusal where it is not done. */
  async perform(request: ServerRequest): Promise<void> {
    if (!mayChange(request)) throw new Refusal(403, 'not from this page')
    const late = (): Error => new Refusal(408, 'the body did not come in time')
    const { action, id } = controlOf(
      await within(this.#clock, this.#timeout, (signal) => jsonOf(request, signal), late),
    )
    const { about, on } = this.#deed(action, id)
    if (!(await this.#allows({ action, id, ...about, raw: request.raw }))) throw new Refusal(403, 'not allowed')
    // It may have gone meanwhile, and another come into its place, which nobody was asked about.
    const deed = this.#deed(action, id)
    if (deed.on !== on) throw gone(action)
    try {
      deed.do()
    } catch (error) {
      this.#events.fault(action, error)
      throw new Refusal(500, 'it failed')
    }
  }

  /** Who cannot tell has not said yes, nor has who takes too long. */
  async #allows(request: DashboardControl): Promise<boolean> {
    if (this.#undecided >= mostUndecided) throw new Refusal(503, 'too many decisions are waiting')
    const late = (): Error => new DOMException('The decision took too long', 'TimeoutError')
    try {
      return await within(this.#clock, this.#timeout, () => this.#decided(request), late)
    } catch (error) {
      this.#events.fault('control', error)
      return false
    }
  }

  async #decided(request: DashboardControl): Promise<boolean> {
    this.#undecided++
    try {
      return (await this.#decide(request)) === true
    } finally {
      this.#undecided--
    }
  }

  #deed(action: ControlAction, id: string): Deed {
    const isForMember = (forMembers as readonly string[]).includes(action)
    const deed = isForMember ? this.#ofMember(action, id) : this.#ofBreaker(action, id)
    if (deed === undefined) throw gone(action)
    return deed
  }

  #ofBreaker(action: ControlAction, id: string): Deed | undefined {
    const part = this.#book.part(id)
    if (!(part instanceof BreakerPart)) return undefined
    const { name, within } = part.place
    const { policy, pool, member } = within
    return {
      on: part,
      about: {
        kind: 'breaker',
        name,
        policy,
        ...(pool === null ? {} : { pool }),
        ...(member === null ? {} : { member }),
      },
      do: () => part[action as (typeof forBreakers)[number]](),
    }
  }

  #ofMember(action: ControlAction, id: string): Deed | undefined {
    for (const part of this.#book.parts) {
      const found = part instanceof PoolPart ? part.memberOf(id) : undefined
      if (found === undefined) continue
      const [member, on] = found
      const { name: pool, within } = part.place
      return {
        on,
        about: { kind: 'member', name: member, policy: within.policy, pool, member },
        do: () => (part as PoolPart).update(member, { admin: action as (typeof forMembers)[number] }),
      }
    }
    return undefined
  }
}

function gone(action: ControlAction): Refusal {
  return new Refusal(404, `nothing to ${action} by this id`)
}

function controlOf(value: unknown): ControlRequest {
  const fine =
    isRecord(value) &&
    Object.keys(value).sort().join() === 'action,id' &&
    typeof value['id'] === 'string' &&
    controlActions.includes(value['action'] as ControlAction)
  if (!fine) throw new Refusal(400, 'no request of this form: { action, id }')
  return value as unknown as ControlRequest
}
