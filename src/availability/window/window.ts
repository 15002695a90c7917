/** The stretch of time a report is about. */
import { type Duration, type Milliseconds, milliseconds } from '../../core/duration.ts'
import { isRecord, show } from '../../core/options.ts'
import type { Ledger } from '../ledger.ts'
import type { Instant } from '../record/stamps.ts'

/** A duration is the time that ended just now; instants are [from, to). */
export type WindowOption = Duration | { readonly from: Instant; readonly to: Instant }

export interface ReportWindow {
  /** In `time`. */
  readonly from: Milliseconds
  readonly to: Milliseconds
  /** By the wall clock, as it is set now. */
  readonly fromAt: Milliseconds
  readonly toAt: Milliseconds
  /** Its length, with the time the machine slept. */
  readonly duration: Milliseconds
}

/** In the tracker's own time. */
export interface Window {
  readonly from: number
  readonly to: number
  readonly now: number
  readonly shown: ReportWindow
}

function refuse(given: unknown): never {
  const expected = 'a duration > 0, or { from, to } in order, each a Date or a time'
  throw new TypeError(`availabilityTracker: window must be ${expected}, got ${show(given)}`)
}

function bounds(ledger: Ledger, given: unknown, now: number): readonly [number, number] {
  if (given === undefined) return [ledger.since, now]
  if (isRecord(given)) {
    const { from, to } = given as { from: unknown; to: unknown }
    for (const end of [from, to]) if (!Number.isFinite(end instanceof Date ? end.getTime() : end)) refuse(given)
    const [start, end] = [ledger.instant(from as Instant), ledger.instant(to as Instant)]
    return end < start ? refuse(given) : [start, end]
  }
  const length = milliseconds(given)
  return length > 0 && length < Number.POSITIVE_INFINITY ? [now - length, now] : refuse(given)
}

export function windowOf(ledger: Ledger, given: unknown, now: number): Window {
  const [from, to] = bounds(ledger, given, now)
  const { time } = ledger
  const shown = {
    from: time.time(from),
    to: time.time(to),
    fromAt: time.wall(from),
    toAt: time.wall(to),
    duration: to - from,
  }
  return { from, to, now, shown }
}
