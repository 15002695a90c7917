/**
 * The report: a pure function of the log, the window and the accounting.
 *
 * Uptime, downtime, maintenance, unknown, time outside service hours, and degraded where it counts as neither, always add
 * up to the window. Whatever cannot be known is null: no data is never 0 %, 100 % or NaN. Availability is a fraction of
 * time, MTBF is uptime over failures and MTTR's `recovery` a mean over closed outages, so that A = MTBF / (MTBF + MTTR)
 * where all was observed. Terms as in IEC 60050-192.
 *
 * What a window's sums give is computed at once, with a few binary searches; what needs a walk over its outages, when it
 * is read, from a snapshot of them.
 */

import { type Accounting, classOf } from '../accounting/accounting.ts'
import { inHours } from '../accounting/in-hours.ts'
import { ratiosOf, type Sums, sumsOf } from '../accounting/sums.ts'
import type { Component } from '../components/component.ts'
import { OutageHistory } from '../outages/history.ts'
import { withGapsDown } from '../outages/merged-gaps.ts'
import type { OutageCounts, TrackedOutage } from '../outages/tracked-outage.ts'
import type { TrackerState } from '../state/tracker-state.ts'
import type { ResolvedWindow } from '../time/window.ts'
import type { EventLog } from '../timeline/event-log.ts'
import { ASLEEP, type Code, type ComponentState, states } from '../timeline/states.ts'
import type { Timeline } from '../timeline/timeline.ts'
import { ReportDetails } from './details.ts'
import { LazyFields, withLazyFields } from './lazy-fields.ts'
import type { ExtraFields } from './report-facts.ts'
import type { ComponentFigures } from './report-fields.ts'

const hour = 3_600_000
const day = 24 * hour
/** A hundred years: service hours are walked day by day. */
const mostDays = 36_600

/** The availability alone, to choose by; null where nothing was observed. */
export function availabilityOf(
  tracker: TrackerState,
  component: Component,
  window: ResolvedWindow,
  accounting: Accounting,
) {
  const { from, to, now } = window
  const { timeline } = countedOf(tracker, component, window, accounting)
  return ratiosOf(sumsOf(timeline, accounting, from, to, now), to - from).availability
}

/** A report on one component, which may become part of a larger one. */
export class ReportDraft<Extra extends object> {
  readonly #eager: Omit<ComponentFigures, keyof LazyFigures>
  readonly #late: LazyFields<LazyFigures & Extra>

  constructor(eager: Omit<ComponentFigures, keyof LazyFigures>, late: LazyFields<LazyFigures & Extra>) {
    this.#eager = eager
    this.#late = late
  }

  get report(): ComponentFigures & Extra {
    return withLazyFields(this.#eager, this.#late) as ComponentFigures & Extra
  }

  /** The same, and the reports it was chosen from. */
  with<Components>(components: () => Components): ComponentFigures & Extra & { readonly components: Components } {
    const late = this.#late.and<{ readonly components: Components }>({ components })
    return withLazyFields(this.#eager, late) as ComponentFigures & Extra & { readonly components: Components }
  }
}

type LazyFigures = Pick<
  ComponentFigures,
  'mttd' | 'mtta' | 'mttr' | 'phases' | 'longestOutage' | 'outageLengths' | 'outages'
>

export function reportOn<Extra extends object>(
  tracker: TrackerState,
  component: Component,
  window: ResolvedWindow,
  accounting: Accounting,
  extra: ExtraFields<Extra>,
): ReportDraft<Extra> {
  const { from, to, now } = window
  const history = countedOf(tracker, component, window, accounting)
  // Some fields are read later, when the timeline may have changed.
  const timeline = history.timeline.frozen()
  const end = Math.min(to, now)
  const sums = (start: number, until: number): Sums => sumsOf(timeline, accounting, start, until, now)
  const total = sums(from, to)
  const short = history.outages(now).short(from, to)
  const counts = countsOf(history, accounting, from, to, now)
  const outages = history.outages(now).snapshot(from, end)
  const last = outages.length === 0 ? undefined : outages.get(outages.length - 1)
  const open = last !== undefined && (last.open || last.end > to) ? last : undefined
  const recovery = counts.restorations === 0 ? null : counts.restoring / counts.restorations
  const details = new ReportDetails(tracker, component, outages, { from, to, end, recovery, open, sums })
  const eager = {
    component: component.name === '' ? null : component.name,
    window: window.shown,
    state: states[component.history.timeline.at(end)] as ComponentState,
    accounting,
    ...ratiosOf(total, to - from),
    uptime: total.uptime,
    downtime: total.downtime,
    degraded: total.degraded,
    maintenance: total.maintenance,
    unknown: total.unknown,
    outside: total.outside,
    ...rates(total, counts.failures),
    restorations: counts.restorations,
    mut: details.meanUp,
    mdt: recovery,
    mttrRate: counts.restorations === 0 ? null : total.downtime / counts.restorations,
    openOutage: open === undefined ? null : openOutage(tracker, open, end, sums),
    censored: { starts: details.censoredStarts, ends: open === undefined ? 0 : 1 },
    precision: history.precision(from, to),
    blips: momentsIn(history.timeline, from, to).length - counts.momentary + short,
    suspended: asleepIn(tracker.asleep, from, end),
    clockSteps: stepsIn(tracker, from, end),
    rejectedEvents: component.rejected,
    requests: component.requests.report(),
  }
  const late = new LazyFields<LazyFigures>({
    mttd: () => details.detection,
    mtta: () => details.phases.acknowledgement,
    mttr: () => details.repairTimes,
    phases: () => details.phases,
    longestOutage: () => details.longest,
    outageLengths: () => details.lengths,
    outages: () => details.outages,
  })
  const facts = { total, counts, open: open !== undefined, failureTimes: () => details.failureTimes }
  return new ReportDraft(eager, late.and(extra(facts)))
}

/** What counts. */
export function countedOf(
  tracker: TrackerState,
  component: Component,
  window: Pick<ResolvedWindow, 'from' | 'to' | 'now'>,
  accounting: Accounting,
): OutageHistory {
  const history = component.historyBy(accounting)
  const { serviceHours, maintenance } = accounting
  const { from, to, now } = window
  if (serviceHours === null) return accounting.mergedAsDown ? withGapsDown(history, now) : history
  if (to - from > mostDays * day) {
    const expected = `at most ${mostDays} days long where there are service hours`
    throw new TypeError(`availabilityTracker: window must be ${expected}, got ${(to - from) / day} days`)
  }
  const rules = { hours: serviceHours, excludes: maintenance === 'exclude' }
  const masked = new OutageHistory(
    inHours(history.timeline, rules, from, Math.max(to, now), tracker.ahead()),
    accounting,
  )
  return accounting.mergedAsDown ? withGapsDown(masked, now) : masked
}

/** Failures in [from, to) and restorations in (from, to]; `momentary` are those of no length, where they count. */
export function countsOf(
  history: OutageHistory,
  accounting: Accounting,
  from: number,
  to: number,
  now: number,
): OutageCounts & { readonly momentary: number } {
  const { failures, restorations, restoring } = history.counts(from, to, now)
  const momentary = accounting.zeroLength === 'count' ? momentaryIn(history.timeline, accounting, from, to) : 0
  return { failures: failures + momentary, restorations: restorations + momentary, restoring, momentary }
}

function momentsIn(timeline: Timeline, from: number, to: number): readonly number[] {
  return timeline.blips.filter((time) => time >= from && time < to)
}

/** Outages of no length that are failures: they lie in none that has one, and are not too short. */
function momentaryIn(timeline: Timeline, accounting: Accounting, from: number, to: number): number {
  if (accounting.confirmDown > 0) return 0
  const fails = (code: Code): boolean => classOf(code, accounting) === 'failing'
  return momentsIn(timeline, from, to).filter((time) => !fails(timeline.at(time)) && !fails(timeline.before(time)))
    .length
}

type Rates = Pick<ComponentFigures, 'failures' | 'mtbf' | 'meanCycle' | 'failureRate' | 'fit'>

function rates({ operating, lost }: Sums, failures: number): Rates {
  const failureRate = operating > 0 ? (failures / operating) * hour : null
  return {
    failures,
    mtbf: failures === 0 ? null : operating / failures,
    meanCycle: failures === 0 ? null : (operating + lost) / failures,
    failureRate,
    fit: failureRate === null ? null : failureRate * 1e9,
  }
}

function openOutage(
  tracker: TrackerState,
  { start, startCensored }: TrackedOutage,
  end: number,
  sums: (from: number, to: number) => Sums,
): ComponentFigures['openOutage'] {
  return { start: tracker.time.time(start), startCensored, elapsed: end - start, net: sums(start, end).downtime }
}

function asleepIn(log: EventLog, from: number, to: number): number {
  let total = 0
  for (let index = 0; index + 1 < log.length; index++) {
    if (log.codeAt(index) !== ASLEEP) continue
    total += Math.max(0, Math.min(to, log.timeAt(index + 1)) - Math.max(from, log.timeAt(index)))
  }
  return total
}

function stepsIn({ time }: TrackerState, from: number, to: number): ComponentFigures['clockSteps'] {
  const inside = time.steps.filter(({ tick }) => tick >= from && tick <= to)
  return inside.map(({ tick, by }) => ({ time: time.time(tick), at: time.wall(tick), by }))
}
