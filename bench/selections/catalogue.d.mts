import type * as failover from '../../src/failover/index.ts'

export interface SelectionEntry {
  /** A word for it: the factory's name, or the table's. */
  readonly id: string
  /** As it is written. */
  readonly name: string
  readonly for: string
  readonly cost: string
  make(client: number, few?: boolean): failover.Selection
  readonly clients?: number
  readonly keys?: number
  readonly servers?: number
  readonly warmUp?: number
}

export function catalogueOf(room: typeof failover): readonly SelectionEntry[]
