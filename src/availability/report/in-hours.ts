/** A timeline without what lies outside service hours. */
import { OUTSIDE, SILENT, UNKNOWN, UP } from '../timeline/states.ts'
import { type Steps, sweep } from '../timeline/steps.ts'
import { Timeline } from '../timeline/timeline.ts'
import { type ServiceHours, serviceSpans } from '../window/service-hours.ts'

/** Of [first transition, `to`); `ahead` is how far the wall clock is ahead of the timeline's. */
export function inHours(timeline: Timeline, hours: ServiceHours, to: number, ahead: number): Timeline {
  const masked = new Timeline()
  if (timeline.length === 0 || timeline.timeAt(0) >= to) return masked
  const from = timeline.timeAt(0)
  const gate = gateOf(hours, from, to, ahead)
  const combine = ([shut, code]: readonly number[]): number => {
    if (shut === OUTSIDE) return OUTSIDE
    return code === SILENT ? UNKNOWN : (code as number)
  }
  sweep([gate, timeline], Number.NEGATIVE_INFINITY, combine, undefined, (time, code, blip) => {
    if (time < from || time >= to) return
    masked.append(time, code)
    if (blip) masked.blip(time)
  })
  return masked
}

/** When it is shut and when not. */
function gateOf(hours: ServiceHours, from: number, to: number, ahead: number): Steps {
  const times: number[] = [Number.NEGATIVE_INFINITY]
  const codes: number[] = [OUTSIDE]
  for (const [opens, shuts] of serviceSpans(hours, from + ahead, to + ahead)) {
    times.push(opens - ahead, shuts - ahead)
    codes.push(UP, OUTSIDE)
  }
  return {
    length: times.length,
    timeAt: (index) => times[index] as number,
    codeAt: (index) => codes[index] as number,
  }
}
