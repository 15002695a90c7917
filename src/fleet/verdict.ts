/**
 * What many observers say together, in three-valued logic: k that are known to serve are enough; where not even those of
 * whom nothing is known would make it k, it is down; else nobody knows.
 *
 * Two states refine that. Serving is up where k are up, and degraded where degraded ones are needed. Not serving is
 * maintenance where those in maintenance would make it k. The verdict is known only where it is the same whatever the
 * unknown ones are. For one of n that is the best state, for all of n the worst, in the order down, unknown and
 * maintenance (each the greater in one of the two), degraded, up.
 */

import { type Code, DEGRADED, DOWN, MAINTENANCE, UNKNOWN, UP } from '../availability/timeline/states.ts'
import { type Check, isRecord } from '../core/options.ts'
import type { StateCounts } from './census.ts'
import { ABSENT } from './track.ts'

/**
 * How many must serve: one, all, more than half, or so many. Of those that are there, where the absent are ignored.
 */
export type MergeMode = 'any' | 'all' | 'majority' | { readonly quorum: number }

/** What somebody is of whom there is no timeline at that time: unknown, or nobody. */
export type AbsentObserver = 'unknown' | 'ignore'

export const modeCheck: Check<MergeMode> = (value, fail) => {
  if (value === 'any' || value === 'all' || value === 'majority') return value
  const { quorum, ...rest } = isRecord(value) ? value : {}
  const isQuorum = Number.isSafeInteger(quorum) && (quorum as number) >= 1 && Object.keys(rest).length === 0
  return isQuorum ? { quorum: quorum as number } : fail("'any', 'all', 'majority' or { quorum: an integer >= 1 }")
}

/** As it stands in the name of a verdict. */
export function modeName(mode: MergeMode): string {
  return typeof mode === 'string' ? mode : `quorum ${mode.quorum}`
}

/** StateCounts of observers, as a verdict takes them. */
export interface ObserverTally {
  /** All that count. */
  readonly present: number
  readonly up: number
  readonly serving: number
  readonly unknown: number
  readonly maintenance: number
}

const nobody: ObserverTally = { present: 0, up: 0, serving: 0, unknown: 0, maintenance: 0 }

/** Where all are absent nobody is there, whatever the absent are. */
export function tallyOf(counts: StateCounts, absent: AbsentObserver): ObserverTally {
  const count = (code: Code): number => counts[code] as number
  const serving = count(UP) + count(DEGRADED)
  const there = serving + count(UNKNOWN) + count(MAINTENANCE) + count(DOWN)
  if (there === 0) return nobody
  const unheard = absent === 'unknown' ? count(ABSENT) : 0
  const unknown = count(UNKNOWN) + unheard
  return { present: there + unheard, up: count(UP), serving, unknown, maintenance: count(MAINTENANCE) }
}

export function verdictOf({ present, up, serving, unknown, maintenance }: ObserverTally, mode: MergeMode): Code {
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
