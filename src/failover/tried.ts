/**
 * The members that one call has tried, in order: each name once, whatever member has it by then.
 *
 * A member that is removed and added again under its name is another member of the same name. A call that took it for a new
 * one could go on for as long as that is done.
 */
import type { Member } from './member.ts'
import type { Walk } from './walk.ts'

/** So few are looked through without an index. */
const few = 8

export class Tried {
  readonly members: Member[] = []
  #names: Set<string> | undefined = undefined
  /** How the call goes over those that are left, once it has tried many. */
  walk: Walk | undefined = undefined

  get size(): number {
    return this.members.length
  }

  get names(): readonly string[] {
    return this.members.map(({ name }) => name)
  }

  add(member: Member): void {
    this.members.push(member)
    if (this.#names !== undefined) this.#names.add(member.name)
    else if (this.members.length > few) this.#names = new Set(this.names)
  }

  has({ name }: Pick<Member, 'name'>): boolean {
    if (this.#names !== undefined) return this.#names.has(name)
    for (let i = 0; i < this.members.length; i++) if ((this.members[i] as Member).name === name) return true
    return false
  }
}
