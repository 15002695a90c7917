/**
 * The members of a pool, and which of them may be tried.
 *
 * Invariant: what is cached here is undefined, or agrees with the members' states, weights and settings. Lists are rebuilt
 * only after a change, so a pick costs no filtering, and a selection is given the same array while nothing changes. A
 * member's `listed` is the list it is in, so that whether it is in one takes a single comparison. The set of members that are
 * out is updated member by member: if a call ejected thousands, rebuilding it each time would cost a walk over all.
 */
import type { PoolMember } from './pool-member.ts'

/** The members that the operator lets take calls. */
interface ServingMembers {
  /** In order of adding. */
  readonly members: readonly PoolMember[]
  /** The ejected and probed ones among them. */
  readonly out: Set<PoolMember>
  /** All members of the pool have weight 0, so members of weight 0 take calls. */
  readonly noWeights: boolean
}

interface CandidateLists {
  /** The members a call may go to. */
  readonly candidates: readonly PoolMember[]
  /** The tries under way of each, in the same order; see `PickerContext.underWay`. */
  readonly underWay: Int32Array
}

export class MemberSet {
  readonly #members = new Map<string, PoolMember>()
  readonly #seesAll: boolean
  readonly #panic: number
  #all: readonly PoolMember[] | undefined = undefined
  #serving: ServingMembers | undefined = undefined
  #lists: CandidateLists | undefined = undefined
  /** Members in their slow start. */
  readonly warming = new Set<PoolMember>()

  /** `seesAll` is the selection's; below the share `panic` of healthy members health is ignored. */
  constructor(seesAll: boolean, panic: number) {
    this.#seesAll = seesAll
    this.#panic = panic
  }

  /** All members, in order of adding. The same array until one is added, removed or changed by the user. */
  get all(): readonly PoolMember[] {
    this.#all ??= [...this.#members.values()]
    return this.#all
  }

  get size(): number {
    return this.#members.size
  }

  get(name: string): PoolMember | undefined {
    return this.#members.get(name)
  }

  has(member: PoolMember): boolean {
    return this.#members.get(member.name) === member
  }

  add(member: PoolMember): void {
    this.#members.set(member.name, member)
    this.membersChanged()
  }

  remove(member: PoolMember): void {
    this.#members.delete(member.name)
    this.warming.delete(member)
    member.removed = true
    this.membersChanged()
  }

  /** A member was added, removed, or given another weight, zone or priority. */
  membersChanged(): void {
    this.#all = undefined
    this.servingChanged()
  }

  /** A member's `admin` has changed. */
  servingChanged(): void {
    this.#serving = undefined
    this.#lists = undefined
  }

  /** A member's warmth has changed: selections look for members in their slow start only in a new list. */
  candidatesChanged(): void {
    this.#lists = undefined
  }

  /** A member was ejected or restored. */
  healthChanged(member: PoolMember): void {
    this.#lists = undefined
    if (this.#serving === undefined) return
    const serves = this.has(member) && member.admin === 'ready'
    if (serves && !member.healthy) this.#serving.out.add(member)
    else this.#serving.out.delete(member)
  }

  /** Members in service: those that the operator lets take any call. */
  get serving(): readonly PoolMember[] {
    return this.#inService.members
  }

  /** The ejected and probed ones among them. */
  get out(): ReadonlySet<PoolMember> {
    return this.#inService.out
  }

  /** The ones among them that a call may go to. */
  get lists(): CandidateLists {
    this.#lists ??= this.#build()
    return this.#lists
  }

  /** Whether a call may go to a member at this moment: whether it would be in `lists`, without building them. */
  admits(member: PoolMember): boolean {
    if (!this.has(member) || member.admin !== 'ready' || !this.hasWeight(member)) return false
    return member.healthy || (this.#panics && !this.#seesAll)
  }

  /** Whether a member's weight lets any call go to it: one of weight 0 gets none, unless all members have weight 0. */
  hasWeight({ weight }: PoolMember): boolean {
    return weight > 0 || this.#inService.noWeights
  }

  get #inService(): ServingMembers {
    if (this.#serving === undefined) {
      const noWeights = this.all.every(({ weight }) => weight === 0)
      const members = this.all.filter(({ admin }) => admin === 'ready')
      this.#serving = { members, out: new Set(members.filter(({ healthy }) => !healthy)), noWeights }
    }
    return this.#serving
  }

  get #panics(): boolean {
    const { members, out } = this.#inService
    return members.length - out.size < this.#panic * members.length
  }

  #build(): CandidateLists {
    const takers = this.serving.filter((member) => this.hasWeight(member))
    const healthy = takers.filter((member) => member.healthy)
    // A selection that sees all members must still find none where none may be tried.
    const seesAll = this.#panics || (this.#seesAll && healthy.length > 0)
    const candidates = seesAll ? takers : healthy
    const underWay = new Int32Array(candidates.length)
    for (const member of this.all) member.leaveList()
    for (const [index, member] of candidates.entries()) member.enterList(candidates, underWay, index)
    return { candidates, underWay }
  }
}
