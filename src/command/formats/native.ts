/** What the tracker's own `record` takes, as JSON, with times of the wall clock. */
import type { Format } from './format.ts'

/** A record that has no other fields is one of these, whatever it lacks. */
export const nativeFields = [
  'component',
  'state',
  'at',
  'start',
  'end',
  'restored',
  'reason',
  'id',
  'start censored',
  'open',
  'detected',
  'repair start',
  'repair end',
]

export const nativeIncidents: Format = {
  name: 'holdfast',
  title: 'events of tracker.record',
  signs: [['component', 'start']],
  kind: 'incidents',
  start: ['start'],
  end: ['end', 'restored'],
  state: ['state'],
  component: ['component'],
}

export const nativeStates: Format = {
  name: 'holdfast',
  title: 'events of tracker.record',
  signs: [['component', 'state', 'at']],
  kind: 'states',
  at: ['at'],
  state: ['state'],
  component: ['component'],
}
