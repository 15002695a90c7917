/** How a call goes over the members that are left, once it has tried many. */
import type { Member } from './member.ts'

export interface Walk {
  readonly order: readonly Member[]
  /** What comes next in `order`. */
  place: number
  /** It goes over ejected members, because nobody else is left. */
  readonly lastResort: boolean
}
