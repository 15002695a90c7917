/**
 * The merged state of many observers, in three-valued logic: it serves if k are known to serve; it is down if fewer than
 * k would serve even with all unknown ones; otherwise it is unknown.
 *
 * Two states refine that. Serving is up if k are up, and degraded if degraded ones are needed to make k. Not serving is
 * maintenance if those in maintenance would make k. The state is known only if it is the same whatever the unknown ones
 * are. For one of n it is the best state, for all of n the worst, in the order down, unknown and maintenance (each the
 * greater in one of the two), degraded, up.
 */

import { type Code, DEGRADED, DOWN, MAINTENANCE, UNKNOWN, UP } from '../availability/timeline/states.ts'
import { type Check, isRecord } from '../core/options.ts'
import type { StateCounts } from './state-counts.ts'
import { ABSENT } from './track.ts'

/**
 * How many observers must serve: one, all, more than half, or a number. With `absent: 'ignore'`, of those present.
 */
export type MergeMode = 'any' | 'all' | 'majority' | { readonly quorum: number }

/** How an observer without a timeline at some time counts: as unknown, or not. */
export type AbsentObserver = 'unknown' | 'ignore'

export const modeCheck: Check<MergeMode> = (value, fail) => {
  if (value === 'any' || value === 'all' || value === 'majority') return value
  const { quorum, ...rest } = isRecord(value) ? value : {}
  const isQuorum = Number.isSafeInteger(quorum) && (quorum as number) >= 1 && Object.keys(rest).length === 0
  return isQuorum ? { quorum: quorum as number } : fail("'any', 'all', 'majority' or { quorum: an integer >= 1 }")
}

/** The mode as part of the name of a merged timeline. */
export function modeName(mode: MergeMode): string {
  return typeof mode === 'string' ? mode : `quorum ${mode.quorum}`
}

/** Numbers of observers, from which the merged state follows. */
export interface ObserverTally {
  /** All that count, including absent ones counted as unknown. */
  readonly present: number
  readonly up: number
  readonly serving: number
  readonly unknown: number
  readonly maintenance: number
}

const nonePresent: ObserverTally = { present: 0, up: 0, serving: 0, unknown: 0, maintenance: 0 }

/** If all are absent, none is present, whatever `absent` says. */
export function tallyOf(counts: StateCounts, absent: AbsentObserver): ObserverTally {
  const count = (code: Code): number => counts[code] as number
  const serving = count(UP) + count(DEGRADED)
  const there = serving + count(UNKNOWN) + count(MAINTENANCE) + count(DOWN)
  if (there === 0) return nonePresent
  const missing = absent === 'unknown' ? count(ABSENT) : 0
  const unknown = count(UNKNOWN) + missing
  return { present: there + missing, up: count(UP), serving, unknown, maintenance: count(MAINTENANCE) }
}

export function mergedStateOf({ present, up, serving, unknown, maintenance }: ObserverTally, mode: MergeMode): Code {
  if (present === 0) return UNKNOWN
  const needed = neededOf(mode, present)
  if (up >= needed) return UP
  if (serving >= needed) return DEGRADED
  if (serving + unknown + maintenance < needed) return DOWN
  return serving + unknown < needed && serving + maintenance >= needed ? MAINTENANCE : UNKNOWN
}

function neededOf(mode: MergeMode, present: number): number {
  if (mode === 'any') return 1
  if (mode === 'all') return present
  return mode === 'majority' ? Math.floor(present / 2) + 1 : mode.quorum
}
