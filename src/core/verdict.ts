/** What layers say of a call. */

/** What a layer's `enter` says: go on, wait (the layer goes on by itself), or the error with which it refuses. */
export type Entry = undefined | typeof WAIT | Error
export const WAIT = 1

/** What a layer's hook says of an outcome: let it pass outwards, or the layer has taken the call over. */
export type Verdict = undefined | typeof TAKEN
export const TAKEN = 1

/**
 * What the layers inside have to say to a retry outside: one of them gave up on it, so it must not be multiplied; or a
 * pool refused it, but has members it has not tried.
 */
export type Advice = 'gaveUp' | 'elsewhere' | undefined

/** What a layer does to the calls inside it. */
export interface Traits {
  /** It can settle the call while the operation runs or before it starts, or start it later. */
  readonly detaches?: boolean
  /** It can cancel a try, so tries get signals of their own. */
  readonly cancels?: boolean
  /** It may run the operation again. */
  readonly repeats?: boolean
  /** Values mean nothing to it: its `success` is left out. */
  readonly errorsOnly?: boolean
  /** It runs no code of the user's but listeners, and never the operation again. */
  readonly quiet?: boolean
}
