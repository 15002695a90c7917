/**
 * Outages, read off a timeline.
 *
 * An outage begins where the account turns to failing and ends where failing ends. Unknown time or maintenance between two
 * failing stretches is bridged: one outage, whose net length leaves the bridge out. Where the beginning was not seen
 * (nothing known before it) it is censored and no failure. Until something serves again, an outage counts as open.
 * Only the transitions inside the window, and the outage that reaches into it, are walked.
 */

import { MAINTENANCE } from '../timeline/states.ts'
import { countUpTo } from '../timeline/steps.ts'
import type { Timeline } from '../timeline/timeline.ts'
import { type Accounting, type Class, classOf } from './accounting.ts'

/** In the tracker's own time. */
export interface Stretch {
  start: number
  /** Where failing ended; now, where it has not. */
  end: number
  /** Nothing has served since. */
  open: boolean
  /** Its beginning was not seen. */
  startCensored: boolean
  /** It began where a maintenance ended. */
  plannedOverrun: boolean
  /** The latest instant before it at which something is known to have served; null where nothing was. */
  lastServed: number | null
  /** The first instant after it at which something served; null where nothing has. */
  nextServed: number | null
  /** Time failing. */
  net: number
  /** Time of neither kind lies inside. */
  bridged: boolean
}

/** The outages that touch [from, to], as known at `now`. */
export function outagesIn(
  timeline: Timeline,
  accounting: Accounting,
  from: number,
  to: number,
  now: number,
): Stretch[] {
  const found: Stretch[] = []
  const count = countUpTo(timeline, now)
  const classAt = (index: number): Class => classOf(timeline.codeAt(index), accounting)
  let index = Math.max(0, countUpTo(timeline, from) - 1)
  while (index > 0 && classAt(index) !== 'serving') index--
  let current: Stretch | undefined
  let lastServed: number | null = null
  for (; index < count; index++) {
    const start = timeline.timeAt(index)
    const end = index + 1 < count ? timeline.timeAt(index + 1) : now
    const kind = classAt(index)
    if (kind === 'serving') {
      if (current !== undefined) close(current, start)
      current = undefined
      lastServed = end
    }
    if (current === undefined && start > to) break
    if (kind !== 'failing') continue
    if (current === undefined) {
      const plannedOverrun = index > 0 && timeline.codeAt(index - 1) === MAINTENANCE && classAt(index - 1) === 'out'
      current = begin(start, lastServed, plannedOverrun)
      found.push(current)
    }
    if (current.end < start) current.bridged = true
    current.end = end
    current.net += end - start
  }
  return found.filter((outage) => outage.open || outage.end >= from)
}

function begin(start: number, lastServed: number | null, plannedOverrun: boolean): Stretch {
  const startCensored = lastServed === null && !plannedOverrun
  return {
    start,
    end: start,
    open: true,
    startCensored,
    plannedOverrun,
    lastServed: plannedOverrun ? start : lastServed,
    nextServed: null,
    net: 0,
    bridged: false,
  }
}

function close(outage: Stretch, nextServed: number): void {
  outage.open = false
  outage.nextServed = nextServed
}
