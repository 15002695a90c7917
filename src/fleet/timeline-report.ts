/**
 * The report on one timeline by the wall clock: a merged one, or one from another process.
 *
 * It uses the code that reads a component's own timeline, so its fields mean the same. Only this file connects the two.
 */

import {
  type Accounting,
  type AccountingOptions,
  type AccountingPreset,
  accountingCheck,
} from '../availability/accounting/accounting.ts'
import { type Ratios, ratiosOf, sumsOf } from '../availability/accounting/sums.ts'
import { OutageHistory } from '../availability/outages/history.ts'
import { withGapsDown } from '../availability/outages/merged-gaps.ts'
import type { TrackedOutage } from '../availability/outages/tracked-outage.ts'
import { type Code, type ComponentState, states, UNKNOWN } from '../availability/timeline/states.ts'
import type { Steps } from '../availability/timeline/steps.ts'
import { Timeline } from '../availability/timeline/timeline.ts'
import type { Milliseconds } from '../core/duration.ts'
import { type Check, resolveOptions } from '../core/options.ts'
import type { ObservedTimeline } from './observed-timeline.ts'
import { readTimeline } from './read-timeline.ts'
import { Track } from './track.ts'
import { type WallWindow, type WallWindowOption, wallWindowCheck } from './wall-window.ts'

export interface TimelineReportOptions {
  /** Default: all of the timeline. */
  readonly window?: WallWindowOption
  /**
   * How states are counted. `maintenance: 'ignore'` is refused, because a timeline does not have the state during
   * maintenance. So are service hours, which only a tracker has.
   */
  readonly accounting?: AccountingPreset | AccountingOptions
}

/** An outage as a timeline shows it, in ms since the epoch. */
export interface ObservedOutage {
  readonly startAt: Milliseconds
  /** The first instant at which it was no longer known to be down; null while it is open. */
  readonly endAt: Milliseconds | null
  /** The component was not known to serve again. */
  readonly open: boolean
  /** Its beginning was not seen, so it is no failure. */
  readonly startCensored: boolean
  /** Time known to be down. */
  readonly net: Milliseconds
  /** Time that is neither up nor down lies inside it. */
  readonly spansUnknown: boolean
}

/** Lengths are in ms; unknown values are null. Fields mean the same as in a tracker's report. */
export interface TimelineReport extends Ratios {
  readonly window: WallWindow
  /** The state at the end of the window. */
  readonly state: ComponentState
  /** The options these numbers were made with. */
  readonly accounting: Accounting
  readonly uptime: Milliseconds
  readonly downtime: Milliseconds
  readonly degraded: Milliseconds
  readonly maintenance: Milliseconds
  readonly unknown: Milliseconds
  /** Outages whose beginning was seen and lies in [from, to). */
  readonly failures: number
  /** Outages that ended in (from, to]. */
  readonly restorations: number
  /** Uptime / failures; null without failures. */
  readonly mtbf: Milliseconds | null
  /** `recovery`: mean length of the outages that ended, without time that is neither up nor down. A timeline has no other timestamps. */
  readonly mttr: { readonly recovery: Milliseconds | null }
  /** Downtime / restorations: open outages count in it. */
  readonly mttrRate: Milliseconds | null
  /** Failures an hour of uptime; null without uptime. */
  readonly failureRate: number | null
  /** The most time down in one outage, including its part before the window; null without one. */
  readonly longestOutage: Milliseconds | null
  /** All outages that touch the window, as known at its end. */
  readonly outages: readonly ObservedOutage[]
}

const observable: Check<Accounting> = (value, fail) => {
  const accounting = accountingCheck(value, fail)
  if (accounting.serviceHours !== null) return fail('one without service hours')
  return accounting.maintenance === 'ignore' ? fail('one without maintenance ignored') : accounting
}

export const reportChecks = { window: wallWindowCheck, accounting: observable }

/**
 * Availability and outages of one timeline.
 *
 * ```ts
 * import { timelineReport } from 'holdfast/fleet'
 * const report = timelineReport({
 *   format: 'holdfast.timeline',
 *   version: 1,
 *   component: 'stock',
 *   observer: 'web-1',
 *   from: 0,
 *   to: 1000,
 *   steps: [0, 900, 50], // from 0 up, from 900 down, from 950 up
 *   states: '020',
 *   requests: null,
 * })
 * report.availability // => 0.95
 * ```
 *
 * @throws TypeError for anything but a timeline, and for a wrong option.
 */
export function timelineReport(timeline: ObservedTimeline, options?: TimelineReportOptions): TimelineReport {
  const { window, accounting } = resolveOptions('timelineReport', options, reportChecks)
  const { from, to, ...rest } = readTimeline('timelineReport: timeline', timeline)
  return reportOf(known(new Track([{ from, to, ...rest }])), accounting, window(from, to))
}

/** A track as a timeline: the absent are unknown. */
export function known(track: Steps): Timeline {
  const timeline = new Timeline()
  for (let index = 0; index < track.length; index++) {
    timeline.append(track.timeAt(index), Math.min(track.codeAt(index), UNKNOWN))
  }
  return timeline
}

export function reportOf(timeline: Timeline, accounting: Accounting, window: WallWindow): TimelineReport {
  const { fromAt: from, toAt: to } = window
  const raw = new OutageHistory(timeline, accounting, timeline.mark())
  const history = accounting.mergedAsDown ? withGapsDown(raw, to) : raw
  const total = sumsOf(history.timeline, accounting, from, to, to)
  const { operating, uptime, downtime, degraded, maintenance, unknown } = total
  const outages = history.outages(to).snapshot(from, to).toArray()
  const failures = outages.filter((outage) => !outage.startCensored && outage.start >= from && outage.start < to).length
  const ended = outages.filter((outage) => !outage.open && outage.end > from)
  return {
    window,
    state: states[timeline.at(to - 1)] as ComponentState,
    accounting,
    ...ratiosOf(total, window.duration),
    uptime,
    downtime,
    degraded,
    maintenance,
    unknown,
    failures,
    restorations: ended.length,
    mtbf: failures === 0 ? null : operating / failures,
    mttr: { recovery: ended.length === 0 ? null : ended.reduce((sum, { net }) => sum + net, 0) / ended.length },
    mttrRate: ended.length === 0 ? null : downtime / ended.length,
    failureRate: operating > 0 ? (failures / operating) * hour : null,
    longestOutage: outages.length === 0 ? null : outages.reduce((most, { net }) => Math.max(most, net), 0),
    outages: outages.map(outageOf),
  }
}

const hour = 3_600_000

function outageOf({ start, end, open, startCensored, net, bridged }: TrackedOutage): ObservedOutage {
  return { startAt: start, endAt: open ? null : end, open, startCensored, net, spansUnknown: bridged }
}

/** Availability from the time in each state, by code; the order of states does not matter. */
export function availabilityOf(lengths: readonly number[], accounting: Accounting): number | null {
  const timeline = new Timeline()
  let end = 0
  for (const [code, length] of lengths.entries()) {
    if (length > 0) timeline.append(end, code as Code)
    end += length
  }
  return ratiosOf(sumsOf(timeline, accounting, 0, end, end), end).availability
}
