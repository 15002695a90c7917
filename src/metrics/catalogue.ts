/**
 * Every instrument of an exporter, in one place: those of calls, components, objectives, the tracker and the exporter here,
 * those of policies from the telemetry of each kind.
 */
import type { MetricTelemetry, PolicyTelemetry } from '../core/telemetry.ts'
import { callBuckets, outageBuckets } from './buckets.ts'
import { counter, durations, gauge, type Instrument, upDownCounter } from './instrument.ts'
import { kinds, policyEvents } from './kinds.ts'

export const exporterInstruments = {
  errors: counter('exporter.errors', '{error}', 'Failures inside the exporter', {
    source: 'exporter.source',
  }),
  dropped: counter('exporter.dropped', '{series}', 'Series left out because a limit was reached', {
    limit: 'exporter.limit',
  }),
}

const ofPolicy = { policy: 'policy.name' }
const byOutcome = { ...ofPolicy, outcome: 'outcome' }

/** The calls of each policy handed to the exporter. */
export const callInstruments = {
  calls: counter('calls', '{call}', 'Calls that ended, as their caller saw them', byOutcome),
  firstTries: counter('calls_first_try', '{call}', 'Calls whose first attempt succeeded', ofPolicy),
  attempts: counter('call.attempts', '{attempt}', 'Invocations of the operation', ofPolicy),
  saved: counter('calls_saved', '{call}', 'Calls that succeeded, though not at first', {
    ...ofPolicy,
    saved_by: 'saved_by',
  }),
}

/** Only where durations are asked for. */
export const callDuration = durations('call.duration', 'Duration of calls', byOutcome, callBuckets)

const component = { component: 'component.name' }
const inState = { ...component, state: 'component.state' }
const windowed = { ...component, window: 'window' }

export const componentInstruments = {
  status: upDownCounter('component.status', '{component}', '1 for the state a component is in', inState),
  stateTime: counter('component.state.time', 's', 'Time in each state', inState),
  failures: counter('component.failures', '{failure}', 'Outages whose start was observed', component),
  restorations: counter('component.restorations', '{restoration}', 'Outages that ended', component),
  rejected: counter('component.rejected_events', '{event}', 'Events that came too late to be counted', component),
  outages: durations('component.outage.duration', 'Time down in outages that ended', component, outageBuckets),
  detection: durations(
    'component.detection.duration',
    'From the start of an outage until it was noticed',
    component,
    outageBuckets,
  ),
  since: gauge(
    'component.last_transition.timestamp',
    's',
    'Unix time since which a component is in its state',
    component,
    'max',
  ),
  availability: gauge('component.availability', '1', 'Uptime / (uptime + downtime)', windowed),
  coverage: gauge('component.coverage', '1', 'Share of the window with a known state', windowed),
  mtbf: gauge('component.mtbf', 's', 'Mean operating time between failures', windowed),
  mttr: gauge('component.mttr', 's', 'Mean time to one of its readings', { ...windowed, reading: 'mttr.reading' }),
}

const slo = { slo: 'slo.name' }

export const objectiveInstruments = {
  target: gauge('slo.objective', '1', 'Share that has to be good', slo, 'first'),
  remaining: gauge(
    'slo.error_budget.remaining',
    '1',
    'Share of the error budget that is left: 1 all, 0 none, below 0 overspent',
    { ...slo, window: 'window' },
  ),
  burnRate: gauge('slo.burn_rate', '1', 'How many times faster than allowed the error budget is spent', {
    ...slo,
    lookback: 'lookback',
  }),
  events: counter('slo.events', '{event}', 'Good and bad requests or slices; seconds for objectives of time', {
    ...slo,
    outcome: 'slo.outcome',
  }),
  alert: upDownCounter('slo.alert.active', '{alert}', '1 while a tier of the tracker fires', {
    ...slo,
    tier: 'slo.tier',
    severity: 'slo.severity',
  }),
}

export const trackerInstruments = {
  clockSteps: counter('tracker.clock_steps', '{step}', 'How often the wall clock and the monotonic clock disagreed', {
    direction: 'direction',
  }),
}

/** Where a policy is: in the pipeline handed to the exporter, and in the guard of a pool's member. */
const location = { pipeline: 'pipeline.name', pool: 'pool.name', member: 'pool.member.name' }

type InstrumentOfMetric = readonly [metric: MetricTelemetry, instrument: Instrument]

function instrumentsOf({ label: [label, name], states, members, gauges = {}, events, saves }: PolicyTelemetry) {
  const attributesOf = ({ attributes }: MetricTelemetry) => ({ ...location, [label]: name, ...attributes })
  const total = (metric: MetricTelemetry): InstrumentOfMetric => [
    metric,
    counter(metric.name, metric.unit, metric.description, attributesOf(metric)),
  ]
  const level = (metric: MetricTelemetry, additive = true): InstrumentOfMetric => [
    metric,
    (additive ? upDownCounter : gauge)(metric.name, metric.unit, metric.description, attributesOf(metric)),
  ]
  const spread = (metric: MetricTelemetry): InstrumentOfMetric => [
    metric,
    durations(metric.name, metric.description, attributesOf(metric), callBuckets),
  ]
  return [
    ...(states ? [level(states.status), total(states.time), total(states.transitions)] : []),
    ...(members ? [level(members.count), level(members.status)] : []),
    ...Object.values({ ...members?.gauges, ...gauges }).map(({ metric, additive }) => level(metric, additive)),
    ...Object.values(events).flatMap(({ counter, histogram }) => [
      ...(counter ? [total(counter.metric)] : []),
      ...(histogram ? [spread(histogram.metric)] : []),
    ]),
    ...(saves ? [total(saves.metric)] : []),
  ]
}

/** The instruments of every kind of policy, by the metric of its telemetry. */
export const policyInstruments: ReadonlyMap<MetricTelemetry, Instrument> = new Map([
  ...kinds.flatMap(instrumentsOf),
  [
    policyEvents,
    counter(policyEvents.name, policyEvents.unit, policyEvents.description, {
      ...location,
      ...ofPolicy,
      ...policyEvents.attributes,
    }),
  ],
])
