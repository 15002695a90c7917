/** What the page may do: each request is checked, then put to whoever decides, then done. */
import type { Events } from '../../core/events.ts'
import { isRecord } from '../../core/options.ts'
import type { ServerRequest } from '../../serving/request.ts'
import { jsonOf } from './asked/body.ts'
import { Refusal } from './asked/refusal.ts'
import { mayChange } from './asked/same-origin.ts'
import type { DashboardControl } from './options.ts'
import { BreakerPart } from './policies/breaker-part.ts'
import type { PartBook } from './policies/part-book.ts'
import { PoolPart } from './policies/pool-part.ts'
import type { ControlAction, ControlRequest } from './wire.ts'

const forBreakers = ['isolate', 'release', 'reset'] as const
const forMembers = ['drain', 'maintenance', 'ready'] as const

export const controlActions: readonly ControlAction[] = [...forBreakers, ...forMembers]

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

  constructor(decide: (request: DashboardControl) => unknown, book: PartBook, events: Events) {
    this.#decide = decide
    this.#book = book
    this.#events = events
  }

  /** @throws Refusal where it is not done. */
  async perform(request: ServerRequest): Promise<void> {
    if (!mayChange(request)) throw new Refusal(403, 'not from this page')
    const { action, id } = controlOf(await jsonOf(request))
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

  /** Who cannot tell has not said yes. */
  async #allows(request: DashboardControl): Promise<boolean> {
    try {
      return (await this.#decide(request)) === true
    } catch (error) {
      this.#events.fault('control', error)
      return false
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
