/** How keys are assigned to members. Users can implement their own. */
import type { Candidate } from '../selection/selection.ts'

/** Assigns keys to a fixed list of members. */
export interface HashLayout {
  /**
   * The index of the first member that `accepts` returns true for: the key's own member, then others in an order that is always
   * the same for the key; -1 where none is accepted.
   */
  find(key: string, accepts: (index: number) => boolean): number
}

/** Assigns keys to members; laid out again only when members are added, removed or changed. */
export interface HashTable {
  readonly kind: string
  /** Throws a `TypeError` where it cannot lay out these members. */
  check?(members: readonly Pick<Candidate, 'name' | 'weight'>[]): void
  lay(members: readonly Candidate[]): HashLayout
}
