/** How keys are laid on members. Anyone can implement one. */
import type { Candidate } from '../selection/selection.ts'

/** The members laid out. */
export interface Layout {
  /**
   * The index of the member for a key that `accepts` lets through, the key's own one first and then always the same next
   * ones; -1 where none is accepted.
   */
  find(key: string, accepts: (index: number) => boolean): number
}

/** A rule by which members are laid out; asked again only when members come, go or change. */
export interface HashTable {
  readonly kind: string
  /** Throws a `TypeError` where it cannot lay out such members. */
  check?(members: readonly Pick<Candidate, 'name' | 'weight'>[]): void
  lay(members: readonly Candidate[]): Layout
}
