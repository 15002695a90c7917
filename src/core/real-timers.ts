/**
 * The timers of the machine, as one set of global functions has them.
 *
 * Fake timers replace those functions and put them back later, any number of times. Each set is therefore kept with the
 * functions it had, so that what is armed by one set is read and taken back by the same.
 */
import { outside } from './context.ts'
import type { Milliseconds } from './duration.ts'

/** A real timer: an object on Node, a number in a browser. */
export type TimerHandle = number | { ref?(): unknown; unref?(): unknown }

/** What a real timer may be given at most; longer waits are armed again. */
export const longest = 2 ** 31 - 1

/** The global functions at one time. */
export interface Globals {
  readonly set: (ring: () => void, after: Milliseconds) => TimerHandle
  readonly clear: (handle: TimerHandle) => void
  /** Whether what they armed can be taken back: fake timers that are gone may take back a timer of others instead. */
  readonly live: boolean
  now(): Milliseconds
}

/** Arms a real timer, in no caller's context: it may outlive the call, and must not keep the caller's context alive. */
export function arm({ set }: Globals, ring: () => void, after: Milliseconds, background: boolean): TimerHandle {
  let handle!: TimerHandle
  outside(() => {
    handle = set(ring, Math.min(after, longest))
  })
  if (background) unref(handle)
  return handle
}

/** Lets the process end while the timer runs; false where that cannot be said. */
export function unref(handle: TimerHandle): boolean {
  if (typeof handle !== 'object' || typeof handle.unref !== 'function') return false
  handle.unref()
  return true
}
