/**
 * A history in which the time between merged outages is down, too: `mergedAsDown`.
 *
 * By the same rule as `OutageIndex` merges outages: less than `mergeGap` from the end of one failing stretch to the beginning of
 * the next. Time of neither kind in between stays what it is. What is in the archive stays as it was counted there.
 */

import { classOf } from '../accounting/accounting.ts'
import { DOWN } from '../timeline/states.ts'
import { codeAfter } from '../timeline/steps.ts'
import { Timeline } from '../timeline/timeline.ts'
import { OutageHistory } from './history.ts'

/** What begins after `now` has not merged anything yet. */
export function withGapsDown({ timeline, accounting, base }: OutageHistory, now: number): OutageHistory {
  const failsAt = (index: number): boolean => classOf(timeline.codeAt(index), accounting) === 'failing'
  const gaps = new Set<number>()
  let end = base.kind === 'failing' ? Number.POSITIVE_INFINITY : (base.last?.end ?? Number.NEGATIVE_INFINITY)
  let since = 0
  for (let index = 0; index < timeline.length; index++) {
    const time = timeline.timeAt(index)
    if (!failsAt(index)) {
      if (index > 0 ? failsAt(index - 1) : end === Number.POSITIVE_INFINITY) [end, since] = [time, index]
      continue
    }
    if (time <= now && time - end < accounting.mergeGap) {
      for (let gap = since; gap < index; gap++) {
        if (classOf(timeline.codeAt(gap), accounting) === 'serving') gaps.add(gap)
      }
    }
    since = index
  }
  const filled = new Timeline()
  filled.archive = timeline.archive
  for (let index = 0; index < timeline.length; index++) {
    filled.append(timeline.timeAt(index), gaps.has(index) ? DOWN : timeline.codeAt(index))
  }
  for (const time of timeline.blips) filled.blip(time)
  for (let index = 0; index < timeline.under.length; index++) {
    filled.hide(timeline.under.timeAt(index), codeAfter(timeline.under, index + 1, undefined))
  }
  return new OutageHistory(filled, accounting, undefined, base)
}
