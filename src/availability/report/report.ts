/**
 * The report: a pure function of the log, the window and the accounting.
 *
 * Uptime, downtime, maintenance, unknown, and degraded where it counts as neither, always add up to the window. Whatever
 * cannot be known is null: no data is never 0 %, 100 % or NaN. Availability is a fraction of time, MTBF is uptime over
 * failures and MTTR's `recovery` a mean over closed outages, so that A = MTBF / (MTBF + MTTR) where all was observed.
 * Terms as in IEC 60050-192.
 */
import type { Component } from '../component.ts'
import type { Ledger } from '../ledger.ts'
import { mean, span } from '../record/stamps.ts'
import type { EventLog } from '../timeline/event-log.ts'
import { ASLEEP, type State, states } from '../timeline/states.ts'
import type { Window } from '../window/window.ts'
import { outageOf } from './outage.ts'
import { outagesIn, type Stretch } from './outages.ts'
import { type Closed, phaseMeans, repairTimes } from './phase-means.ts'
import type { ComponentReport } from './report-fields.ts'
import { ratiosOf, type Sums, sumsOf } from './sums.ts'

const hour = 3_600_000

export function reportOn(ledger: Ledger, component: Component, window: Window): ComponentReport {
  const { accounting } = ledger.options
  const { from, to, now } = window
  const { counted, stamps } = component
  const end = Math.min(to, now)
  const sums = (start: number, until: number): Sums => sumsOf(counted, accounting, start, until, now)
  const total = sums(from, to)
  const outages = outagesIn(counted, accounting, from, end, now)
  const started = outages.filter((outage) => !outage.startCensored && outage.start >= from && outage.start < to)
  const ended = outages.filter((outage) => !outage.open && outage.end > from && outage.end <= to)
  const closed = ended.map((outage) => closedOf(component, outage))
  const open = outages.find((outage) => outage.open || outage.end > to)
  const netOf = (outage: Stretch): number => (outage === open ? sums(outage.start, end).downtime : outage.net)
  const mttr = repairTimes(closed)
  const phases = phaseMeans(closed)
  return {
    component: component.name === '' ? null : component.name,
    window: window.shown,
    state: states[counted.at(end)] as State,
    accounting,
    ...ratiosOf(total, to - from),
    uptime: total.uptime,
    downtime: total.downtime,
    degraded: total.degraded,
    maintenance: total.maintenance,
    unknown: total.unknown,
    ...rates(total, started.length),
    restorations: ended.length,
    mut: mean(upPeriods(outages, from, to).map(([start, until]) => sums(start, until).operating)),
    mdt: mttr.recovery,
    mttd: mean(started.map((outage) => span(outage.start, stamps.of(outage.start, outage.end).detected))),
    mtta: phases.acknowledgement,
    mttr,
    mttrRate: ended.length === 0 ? null : total.downtime / ended.length,
    phases,
    longestOutage: outages.length === 0 ? null : Math.max(...outages.map(netOf)),
    openOutage: open === undefined ? null : openOutage(ledger, open, end, netOf(open)),
    outages: outages.map((outage) => outageOf(component, outage, ledger.time)),
    blips: counted.blips.filter((time) => time >= from && time < to).length,
    suspended: asleepIn(ledger.asleep, from, end),
    clockSteps: stepsIn(ledger, from, end),
    rejectedEvents: component.rejected,
    confidence: null,
    requests: component.requests.report(),
  }
}

type Rates = Pick<ComponentReport, 'failures' | 'mtbf' | 'meanCycle' | 'failureRate' | 'fit'>

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

function closedOf({ stamps }: Component, { start, end, net, startCensored }: Stretch): Closed {
  return { start: startCensored ? undefined : start, end, net, stamps: stamps.of(start, end) }
}

/** From the end of one outage to the beginning of the next, where both lie in the window. */
function upPeriods(outages: readonly Stretch[], from: number, to: number): [number, number][] {
  return outages.slice(1).flatMap((next, index): [number, number][] => {
    const { end } = outages[index] as Stretch
    return end >= from && next.start < to ? [[end, next.start]] : []
  })
}

function openOutage(ledger: Ledger, { start, startCensored }: Stretch, end: number, net: number) {
  return { start: ledger.time.time(start), startCensored, elapsed: end - start, net }
}

function asleepIn(log: EventLog, from: number, to: number): number {
  let total = 0
  for (let index = 0; index + 1 < log.length; index++) {
    if (log.codeAt(index) !== ASLEEP) continue
    total += Math.max(0, Math.min(to, log.timeAt(index + 1)) - Math.max(from, log.timeAt(index)))
  }
  return total
}

function stepsIn({ time }: Ledger, from: number, to: number): ComponentReport['clockSteps'] {
  const inside = time.steps.filter(({ tick }) => tick >= from && tick <= to)
  return inside.map(({ tick, by }) => ({ time: time.time(tick), at: time.wall(tick), by }))
}
