/**
 * Reads timelines and fleets of timelines from outside. A malformed one is refused with the path of the fault before any
 * of it is used.
 */

import { UNKNOWN } from '../availability/timeline/states.ts'
import { type Check, type Fail, isRecord, resolveOptions, show, text } from '../core/options.ts'
import type { ObservedRequests, ObservedTimeline } from './observed-timeline.ts'
import type { FleetTimeline, TimelineSource } from './timeline-source.ts'
import { TimelineVersionError } from './version-error.ts'

const instant: Check<number> = (value, fail) =>
  Number.isSafeInteger(value) ? (value as number) : fail('whole milliseconds since the epoch')

const gaps: Check<readonly number[]> = (value, fail) => {
  const isGap = (gap: unknown, index: number): boolean =>
    Number.isSafeInteger(gap) && (gap as number) >= Math.min(index, 1)
  return Array.isArray(value) && value.every(isGap)
    ? (value as number[])
    : fail('whole milliseconds, the first >= 0 and the others > 0')
}

const digits: Check<string> = (value, fail) =>
  typeof value === 'string' && /^[0-4]*$/.test(value) ? value : fail('digits from 0 to 4')

const requests: Check<ObservedRequests | null> = (value, fail) => {
  if (value === undefined || value === null) return null
  const [calls, first, delivered] = isRecord(value) ? [value['calls'], value['first'], value['delivered']] : []
  const isPart = (count: unknown): boolean =>
    Number.isSafeInteger(count) && (count as number) >= 0 && (count as number) <= (calls as number)
  return [calls, first, delivered].every(isPart)
    ? ({ calls, first, delivered } as ObservedRequests)
    : fail('counts { calls, first, delivered }, none above calls, or null')
}

const checks = {
  component: text,
  observer: text,
  from: instant,
  to: instant,
  steps: gaps,
  states: digits,
  requests,
}

/** All timelines in a list of timelines and fleets; `kind` is the function with this argument. */
export function sourcesOf(kind: string, list: readonly TimelineSource[]): readonly ObservedTimeline[] {
  if (!Array.isArray(list)) throw new TypeError(`${kind}: timelines must be an array, got ${show(list)}`)
  return list.flatMap((source: unknown, index) => {
    const place = `${kind}: timelines[${index}]`
    const found = formatOf(place, source)
    if (found.format === 'holdfast.timeline') return [timelineOf(place, found)]
    const { timelines } = found
    if (!Array.isArray(timelines)) throw new TypeError(`${place}.timelines must be an array, got ${show(timelines)}`)
    return timelines.map((inner, at) => readTimeline(`${place}.timelines[${at}]`, inner))
  })
}

export function readTimeline(place: string, value: unknown): ObservedTimeline {
  const found = formatOf(place, value)
  if (found.format !== 'holdfast.timeline') throw new TypeError(`${place} must be a timeline, got a fleet of them`)
  return timelineOf(place, found)
}

type Formatted = Record<string, unknown> & Pick<ObservedTimeline | FleetTimeline, 'format'>

function formatOf(place: string, value: unknown): Formatted {
  const { format, version } = isRecord(value) ? value : {}
  if (format !== 'holdfast.timeline' && format !== 'holdfast.fleet') {
    const formats = "'holdfast.timeline' or 'holdfast.fleet'"
    throw new TypeError(`${place} must be of format ${formats}, got ${show(isRecord(value) ? format : value)}`)
  }
  if (!Number.isSafeInteger(version)) {
    throw new TypeError(`${place}.version must be an integer, got ${show(version)}`)
  }
  if (version !== 1) throw new TimelineVersionError(place, format, version as number, 1)
  return value as Formatted
}

/** Keeps only known fields, and joins neighbours of the same state. */
function timelineOf(place: string, given: Record<string, unknown>): ObservedTimeline {
  const known = Object.fromEntries(Object.keys(checks).map((name) => [name, given[name]]))
  const { from, to, steps, states, ...rest } = resolveOptions(place, known, checks)
  const wrong: Fail = (expected) => {
    throw new TypeError(`${place}: ${expected}`)
  }
  if (to < from) wrong(`to must be at or after from, got ${to} before ${from}`)
  if (states.length !== steps.length) wrong(`states must be one digit a step, got ${states.length} for ${steps.length}`)
  const last = steps.reduce((sum, gap) => sum + gap, from)
  if (steps.length > 0 && last >= to) wrong(`steps must end before to, got ${last - to} ms beyond`)
  return { format: 'holdfast.timeline', version: 1, ...rest, from, to, ...joined(steps, states) }
}

function joined(steps: readonly number[], states: string): Pick<ObservedTimeline, 'steps' | 'states'> {
  const kept: number[] = []
  const digits: string[] = []
  let last = `${UNKNOWN}`
  let waited = 0
  for (let index = 0; index < steps.length; index++) {
    waited += steps[index] as number
    const digit = states.charAt(index)
    if (digit === last) continue
    kept.push(waited)
    digits.push(digit)
    last = digit
    waited = 0
  }
  return { steps: kept, states: digits.join('') }
}
