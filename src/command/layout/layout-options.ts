import type { WordMeanings } from '../words/state-words.ts'

/** The options about the fields of a log. */
export interface LayoutOptions {
  readonly as?: string | undefined
  readonly start?: string | undefined
  readonly end?: string | undefined
  readonly length?: string | undefined
  readonly at?: string | undefined
  readonly state?: string | undefined
  readonly component?: readonly string[] | undefined
  readonly ignore?: readonly string[] | undefined
  readonly words: WordMeanings
}
