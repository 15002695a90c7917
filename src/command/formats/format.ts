/**
 * What a log of one origin looks like: the fields it is known by, and which of them say what.
 *
 * Names of fields are compared in small letters, with blanks for underscores and before what was a capital letter, so
 * `createdAt`, `created_at` and `Created At` are one. Nested fields of JSON are named by the way to them (`flat-record.ts`).
 */
import type { WordMeanings } from '../words/state-words.ts'

/** The first that is there and not empty counts. */
export type Fields = readonly string[]

export interface Format {
  /** As `--as` takes it. */
  readonly name: string
  /** As messages call it. */
  readonly title: string
  /** It is known by any of these sets; all fields of a set must be there. */
  readonly signs: readonly Fields[]
  /** Periods with a start and an end, or states from an instant on. */
  readonly kind: 'incidents' | 'states'
  readonly start?: Fields
  readonly end?: Fields
  /** The end, where it is not given: at this field, where that one has one of these words. */
  readonly over?: { readonly at: string; readonly where: string; readonly is: Fields }
  /** How long it took, where the end is not given: in ms for a bare number. */
  readonly length?: { readonly fields: Fields; readonly unit: number }
  readonly at?: Fields
  /** Of the parts that are there, joined with a slash. */
  readonly state?: Fields
  readonly words?: WordMeanings
  readonly component?: Fields
  /** Components are named by all of these, joined with a slash, and not by the first. */
  readonly joined?: boolean
  /** Only records that have one of these words there are read. */
  readonly only?: { readonly field: string; readonly is: Fields }
  /** Records that have one of these words there are left out; without words, those that have anything there. */
  readonly without?: { readonly field: string; readonly is?: Fields }
  /** A record with a list in this field counts as one record for each item. */
  readonly each?: string
}

/** As names of fields are compared. */
export function fieldName(text: string): string {
  return text
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[\s_]+/g, ' ')
    .trim()
}
