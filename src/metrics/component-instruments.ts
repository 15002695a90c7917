/** What is measured of components. */
import { outageBuckets } from './buckets.ts'
import { counter, durations, gauge, upDownCounter } from './instrument.ts'

const component = { component: 'component.name' }
const inState = { ...component, state: 'component.state' }
const windowed = { ...component, window: 'window' }

export const componentInstruments = {
  status: upDownCounter('component.status', '{component}', '1 for the state a component is in', inState),
  stateTime: counter('component.state.time', 's', 'Time in each state', inState),
  failures: counter('component.failures', '{failure}', 'Outages whose beginning was seen', component),
  restorations: counter('component.restorations', '{restoration}', 'Outages that ended', component),
  rejected: counter('component.rejected_events', '{event}', 'Events that came too late', component),
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
  coverage: gauge('component.coverage', '1', 'Part of the window that is known', windowed),
  mtbf: gauge('component.mtbf', 's', 'Mean operating time between failures', windowed),
  mttr: gauge('component.mttr', 's', 'Mean time to one of its readings', { ...windowed, reading: 'mttr.reading' }),
}
