/** A timeline without what lies outside service hours; what it was there lies under it. */

import { type HoursSpan, type ServiceHours, serviceSpans } from '../time/service-hours.ts'
import { MAINTENANCE, OUTSIDE, SILENT, UNKNOWN, UP } from '../timeline/states.ts'
import { codeAfter, countUpTo, type Steps, sweep } from '../timeline/steps.ts'
import { Timeline } from '../timeline/timeline.ts'

/**
 * Of [from, to), and from the first transition, where that is earlier: outages before a window say how it begins.
 * `ahead` is how far the wall clock is ahead of the timeline's; `excludes` whether maintenance leaves the account, too.
 */
export function inHours(
  timeline: Timeline,
  { hours, excludes }: { readonly hours: ServiceHours; readonly excludes: boolean },
  from: number,
  to: number,
  ahead: number,
): Timeline {
  const masked = new Timeline()
  const first = timeline.length === 0 ? from : Math.min(from, timeline.timeAt(0))
  const spans = serviceSpans(hours, first + ahead, to + ahead).map(
    ([opens, shuts]): HoursSpan => [opens - ahead, shuts - ahead],
  )
  const start = timeline.archive === undefined ? first : Math.max(first, timeline.archive.until)
  masked.archive = timeline.archive?.within(spans, from)
  const gate = gateOf(spans)
  const combine = ([shut, code]: readonly number[]): number => {
    if (shut === OUTSIDE) return OUTSIDE
    return code === SILENT ? UNKNOWN : (code as number)
  }
  const opening = gate.codeAt(countUpTo(gate, start) - 1)
  masked.append(start, combine([opening, countUpTo(timeline, start) === 0 ? SILENT : timeline.at(start)]))
  sweep([gate, timeline], start, combine, undefined, (time, code) => {
    if (time < to) masked.append(time, code)
  })
  const beneath = ([shut, code, under]: readonly number[]): number => {
    if (code === MAINTENANCE && excludes) return under as number
    return shut === OUTSIDE ? (code as number) : SILENT
  }
  const { under } = timeline
  const known = countUpTo(timeline, start) === 0 ? SILENT : timeline.at(start)
  masked.hide(start, beneath([opening, known, codeAfter(under, countUpTo(under, start), undefined)]))
  sweep([gate, timeline, under], start, beneath, undefined, (time, code) => {
    if (time < to) masked.hide(time, code)
  })
  for (const time of timeline.blips) if (gate.codeAt(countUpTo(gate, time) - 1) === UP) masked.blip(time)
  return masked
}

/** When it is shut and when not. */
function gateOf(spans: readonly HoursSpan[]): Steps {
  const times: number[] = [Number.NEGATIVE_INFINITY]
  const codes: number[] = [OUTSIDE]
  for (const [opens, shuts] of spans) {
    times.push(opens, shuts)
    codes.push(UP, OUTSIDE)
  }
  return {
    length: times.length,
    timeAt: (index) => times[index] as number,
    codeAt: (index) => codes[index] as number,
  }
}
