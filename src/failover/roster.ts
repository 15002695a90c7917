/**
 * The members of a pool, and which of them may be tried.
 *
 * Invariant: what is kept here is undefined, or what the members' states, weights and places make it. The lists are made
 * anew only after a change, so a pick costs no filtering, and while nothing changes a selection is given the same array. A
 * member's `listed` is the list it stands in, so that whether it does is one comparison. Who is out is kept up to date member
 * by member: in a call that ejects thousands, each ejection would cost a walk over all.
 */
import type { Milliseconds } from '../core/duration.ts'
import type { Member } from './member.ts'
import type { Tried } from './tried.ts'

/** Whom the operator lets take calls. */
interface Service {
  /** In order of adding. */
  readonly members: readonly Member[]
  /** Those of them that are ejected or being probed. */
  readonly out: Set<Member>
  /** Members of weight 0 take calls: all in the pool are such. */
  readonly noWeights: boolean
}

interface Lists {
  /** Those a call may go to. */
  readonly candidates: readonly Member[]
  /** Their tries under way, in their order; see `PickerContext.underWay`. */
  readonly underWay: Int32Array
}

export class Roster {
  readonly #members = new Map<string, Member>()
  readonly #seesAll: boolean
  readonly #panic: number
  #all: readonly Member[] | undefined = undefined
  #service: Service | undefined = undefined
  #lists: Lists | undefined = undefined
  /** Members in their slow start. */
  readonly warming = new Set<Member>()

  /** `seesAll` is the selection's; below the share `panic` of healthy members health is ignored. */
  constructor(seesAll: boolean, panic: number) {
    this.#seesAll = seesAll
    this.#panic = panic
  }

  /** All members, in order of adding. The same array until one comes, goes or is changed by the user. */
  get all(): readonly Member[] {
    this.#all ??= [...this.#members.values()]
    return this.#all
  }

  get size(): number {
    return this.#members.size
  }

  get(name: string): Member | undefined {
    return this.#members.get(name)
  }

  has(member: Member): boolean {
    return this.#members.get(member.name) === member
  }

  add(member: Member): void {
    this.#members.set(member.name, member)
    this.altered()
  }

  remove(member: Member): void {
    this.#members.delete(member.name)
    this.warming.delete(member)
    member.gone = true
    this.altered()
  }

  /** A member's weight or place, or the membership, has changed. */
  altered(): void {
    this.#all = undefined
    this.changed()
  }

  /** The operator lets a member serve others than before. */
  changed(): void {
    this.#service = undefined
    this.#lists = undefined
  }

  /** Selections look for members in their slow start in a new list alone. */
  renew(): void {
    this.#lists = undefined
  }

  /** A member's health let it in or put it out. */
  turned(member: Member): void {
    this.#lists = undefined
    if (this.#service === undefined) return
    const serves = this.has(member) && member.admin === 'ready'
    if (serves && !member.healthy) this.#service.out.add(member)
    else this.#service.out.delete(member)
  }

  /** Members in service: whom the operator lets take any call. */
  get serving(): readonly Member[] {
    return this.#served.members
  }

  /** Those of them that are ejected or being probed. */
  get out(): ReadonlySet<Member> {
    return this.#served.out
  }

  /** Those of them that a call may go to. */
  get lists(): Lists {
    this.#lists ??= this.#made()
    return this.#lists
  }

  /** Whether a call may go to a member at this moment, as for those in `lists`, but without making these. */
  admits(member: Member): boolean {
    if (!this.has(member) || member.admin !== 'ready' || !this.weighs(member)) return false
    return member.healthy || (this.#panics && !this.#seesAll)
  }

  /** Whether a member's weight lets any call go to it: one of weight 0 gets none, unless all members have weight 0. */
  weighs({ weight }: Member): boolean {
    return weight > 0 || this.#served.noWeights
  }

  /** The first member whose ejection is over, and that was not tried. */
  due(now: Milliseconds, tried: Tried): Member | undefined {
    for (const member of this.out) if (isDue(member, now) && this.weighs(member) && !tried.has(member)) return member
    return undefined
  }

  /** The ejected member that may be tried soonest, for a call that has nobody else left. */
  leastBad(now: Milliseconds, tried: Tried): Member | undefined {
    let best: Member | undefined
    for (const member of this.out) {
      if (!isFree(member, now) || !this.weighs(member) || tried.has(member)) continue
      if (best === undefined || sooner(member, best) < 0) best = member
    }
    return best
  }

  get #served(): Service {
    if (this.#service === undefined) {
      const noWeights = this.all.every(({ weight }) => weight === 0)
      const members = this.all.filter(({ admin }) => admin === 'ready')
      this.#service = { members, out: new Set(members.filter(({ healthy }) => !healthy)), noWeights }
    }
    return this.#service
  }

  get #panics(): boolean {
    const { members, out } = this.#served
    return members.length - out.size < this.#panic * members.length
  }

  #made(): Lists {
    const takers = this.serving.filter((member) => this.weighs(member))
    const healthy = takers.filter((member) => member.healthy)
    // A selection that sees all must still find nobody where nobody may be tried.
    const seesAll = this.#panics || (this.#seesAll && healthy.length > 0)
    const candidates = seesAll ? takers : healthy
    const underWay = new Int32Array(candidates.length)
    for (const member of this.all) member.unlist()
    for (const [place, member] of candidates.entries()) member.listIn(candidates, underWay, place)
    return { candidates, underWay }
  }
}

/** Whether a call at `now` may find out if it works again: its time is over, or the probe before has hung as long. */
export function isDue(member: Member, now: Milliseconds): boolean {
  if (member.state === 'ejected') return now >= member.ejectedUntil
  const { probeStartedAt, ejectedFor } = member
  return member.state === 'probing' && now > probeStartedAt && now - probeStartedAt >= ejectedFor
}

/** How long, in ms, a call that hangs keeps others from trying a member that checks have put out. */
const probeLapse = 5000

/** Whether a call at `now` that has nobody else left may try it: no such call is under way, or it has hung for long. */
export function isFree({ state, ejectedBy, ejectedFor, probeStartedAt }: Member, now: Milliseconds): boolean {
  return state === 'ejected' || now - probeStartedAt >= (ejectedBy === 'check' ? probeLapse : ejectedFor)
}

/** Orders ejected members by when they may be tried, and equals as they were added. */
export function sooner(a: Member, b: Member): number {
  return a.ejectedUntil === b.ejectedUntil ? a.ordinal - b.ordinal : a.ejectedUntil - b.ejectedUntil
}
