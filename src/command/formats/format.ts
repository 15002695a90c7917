/**
 * The format of a log: the fields that identify it, and the meaning of each.
 *
 * Names of fields are compared in lower case, with a space for an underscore and before a capital letter, so `createdAt`,
 * `created_at` and `Created At` are the same name. A nested field of JSON is named by its path (`flat-record.ts`).
 */
import type { WordMeanings } from '../words/state-words.ts'

/** Names of fields. The first one that exists and is not empty counts. */
export type Fields = readonly string[]

export interface Format {
  /** The value of `--as`. */
  readonly name: string
  /** The name in messages. */
  readonly title: string
  /** A log with all fields of any of these sets has this format. */
  readonly signs: readonly Fields[]
  /** Incidents have a start and an end; a state lasts from its time to the next one. */
  readonly kind: 'incidents' | 'states'
  readonly start?: Fields
  readonly end?: Fields
  /** Without an end: the time in the field `at`, if the field `where` has one of the words `is`. */
  readonly over?: { readonly at: string; readonly where: string; readonly is: Fields }
  /** Without an end: the duration. `unit` is that of a bare number, in ms. */
  readonly length?: { readonly fields: Fields; readonly unit: number }
  readonly at?: Fields
  /** The values of all fields that exist, joined with a slash. */
  readonly state?: Fields
  readonly words?: WordMeanings
  readonly component?: Fields
  /** Whether the name of a component is the values of all its fields, joined with a slash, and not only the first. */
  readonly joined?: boolean
  /** Only records whose field has one of these words are read. */
  readonly only?: { readonly field: string; readonly is: Fields }
  /** Records whose field has one of these words are skipped; without words, those whose field is not empty. */
  readonly without?: { readonly field: string; readonly is?: Fields }
  /** A record with a list in this field counts as one record for each item. */
  readonly each?: string
}

/** The form of a field name in which names are compared. */
export function fieldName(text: string): string {
  return text
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[\s_]+/g, ' ')
    .trim()
}
