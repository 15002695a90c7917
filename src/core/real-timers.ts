/**
 * Real timers, by one set of global functions.
 *
 * Fake timers replace the global functions and restore them later, any number of times. So each set of functions is kept: a timer
 * is cancelled by the set that armed it.
 */
import { outside } from './context.ts'
import type { Milliseconds } from './duration.ts'

/** A real timer: an object on Node, a number in a browser. */
export type TimerHandle = number | { ref?(): unknown; unref?(): unknown }

/** The longest delay of a real timer, in ms; longer waits are armed again. */
export const longest = 2 ** 31 - 1

/** One set of the global functions. */
export interface Globals {
  readonly set: (ring: () => void, after: Milliseconds) => TimerHandle
  readonly clear: (handle: TimerHandle) => void
  /** Whether their timers can be cancelled: fake timers that were removed might cancel a timer of others instead. */
  readonly live: boolean
  now(): Milliseconds
}

/** Arms a real timer, outside the caller's context: it may outlive the call, and must not keep the context in memory. */
export function arm({ set }: Globals, ring: () => void, after: Milliseconds, background: boolean): TimerHandle {
  let handle!: TimerHandle
  outside(() => {
    handle = set(ring, Math.min(after, longest))
  })
  if (background) unref(handle)
  return handle
}

/** Lets the process end while the timer runs; false if the runtime has no such timers. */
export function unref(handle: TimerHandle): boolean {
  if (typeof handle !== 'object' || typeof handle.unref !== 'function') return false
  handle.unref()
  return true
}
