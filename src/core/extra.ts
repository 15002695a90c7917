/** What few calls need, beside their scope. */

import type { CallObserver } from './call-observer.ts'
import type { Cancellation } from './cancellation.ts'
import { pinShape } from './shape.ts'
import type { Advice } from './verdict.ts'

/** Told the outcome of a forked scope. */
export type Done = (ok: boolean, value: unknown) => void

/** Made when first written to. */
export class Extra<Scope> {
  /** What the operation gets beside the fields of `Call`; forks inherit it. */
  given: object | undefined = undefined
  advice: Advice = undefined
  /** Forks that may not be over yet. */
  children: Scope[] | undefined = undefined
  /** Indices of layers that wait for `release`. */
  held: number[] | undefined = undefined
  /** The scope that holds the outermost layer, where that is no longer the root. */
  top: Scope | undefined = undefined
  /** Ends the wait for the caller's signal. */
  unlisten: (() => void) | undefined = undefined
  /** There once somebody has read the signal, or the scope was given up. */
  cancellation: Cancellation | undefined = undefined
  /** Root: who follows the call. */
  follower: CallObserver | undefined = undefined
  /** Told the outcome of a fork, in place of the whole call's end. */
  done: Done | undefined = undefined
}

pinShape(new Extra())
