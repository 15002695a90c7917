/**
 * The members that one call has tried, in order: each name once.
 *
 * A member that is removed and added again under its name is another member of the same name. If a call could try it again,
 * it could go on for as long as that is repeated.
 */
import type { PoolMember } from '../members/pool-member.ts'

/** Up to so many names are searched without an index. */
const few = 8

/** The members that are left for a call that has tried many, in the order in which it tries them. */
export interface RemainingMembers {
  readonly members: readonly PoolMember[]
  /** Index of the next one. */
  next: number
  /** They are ejected members: no others are left. */
  readonly lastResort: boolean
}

export class TriedMembers {
  readonly members: PoolMember[] = []
  #names: Set<string> | undefined = undefined
  /** Set once the call has tried many. */
  remaining: RemainingMembers | undefined = undefined

  get size(): number {
    return this.members.length
  }

  get names(): readonly string[] {
    return this.members.map(({ name }) => name)
  }

  add(member: PoolMember): void {
    this.members.push(member)
    if (this.#names !== undefined) this.#names.add(member.name)
    else if (this.members.length > few) this.#names = new Set(this.names)
  }

  has({ name }: Pick<PoolMember, 'name'>): boolean {
    if (this.#names !== undefined) return this.#names.has(name)
    for (let i = 0; i < this.members.length; i++) if ((this.members[i] as PoolMember).name === name) return true
    return false
  }
}
