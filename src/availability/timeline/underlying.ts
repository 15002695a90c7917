/**
 * What lies under a maintenance: the state there would be without it.
 *
 * It is in no account, but it says whether something served in that time; so an outage of before is not taken for one of after.
 */
import { type Code, MAINTENANCE, SILENT, worst } from './states.ts'
import { codeAfter, countUpTo, type Steps, sweep } from './steps.ts'
import type { Timeline } from './timeline.ts'

/** Notes it in a timeline that was made of these logs, from `since` on. */
export function lookUnder(timeline: Timeline, since: number, logs: readonly Steps[]): void {
  const { under } = timeline
  if (codeAfter(under, under.length, undefined) === SILENT && !holds(timeline, MAINTENANCE, since)) return
  const note = (time: number, code: Code): void =>
    timeline.hide(time, timeline.at(time) === MAINTENANCE ? code : SILENT)
  if (Number.isFinite(since)) note(since, worst(logs.map((log) => codeAfter(log, countUpTo(log, since), MAINTENANCE))))
  sweep(logs, since, worst, MAINTENANCE, note)
}

/** Whether it says `code` at an instant at or after `from`. */
function holds(steps: Steps, code: Code, from: number): boolean {
  for (let index = Math.max(0, countUpTo(steps, from) - 1); index < steps.length; index++) {
    if (steps.codeAt(index) === code) return true
  }
  return false
}
