import type { Milliseconds } from '../../core/duration.ts'
import type { Format } from '../formats/format.ts'

/** Indexes in a list of cells, in order of preference. */
export type ColumnIndexes = readonly number[]

/** Where a record of a log has its data. */
export interface LogLayout {
  readonly format: Format
  /** Columns of the file, in the order in which the cells of a record are given. */
  readonly columns: readonly number[]
  readonly start: ColumnIndexes
  readonly end: ColumnIndexes
  readonly at: ColumnIndexes
  readonly state: ColumnIndexes
  readonly component: ColumnIndexes
  /** Whether options named the component fields, so that all of them count, even empty ones. */
  readonly named: boolean
  readonly over: ColumnIndexes
  readonly length: ColumnIndexes
  readonly unit: Milliseconds | undefined
  readonly only: ColumnIndexes
  readonly without: ColumnIndexes
  /** For people: `start "Begins", end "Over"`. */
  readonly text: string
}
