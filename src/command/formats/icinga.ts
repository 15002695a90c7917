/** Icinga: the history of Icinga DB Web and of the module monitoring, as CSV or JSON. */

import type { WordMeanings } from '../words/state-words.ts'
import type { Format } from './format.ts'

/** By object and state: a warning of a service is degraded, and 1 of a host is down. */
const words: WordMeanings = {
  'host/0': 'up',
  'host/1': 'down',
  'host/2': 'unknown',
  'service/0': 'up',
  'service/1': 'degraded',
  'service/2': 'down',
  'service/3': 'unknown',
  'host/99': 'unknown',
  'service/99': 'unknown',
}

export const icinga: Format = {
  name: 'icinga',
  title: 'the history of Icinga DB',
  signs: [['event time', 'event type', 'object type', 'state.hard state']],
  kind: 'states',
  at: ['event time'],
  state: ['object type', 'state.hard state'],
  words,
  only: { field: 'event type', is: ['state change'] },
  component: ['host.name', 'service.name'],
  joined: true,
}

export const icingaEvents: Format = {
  name: 'icinga-events',
  title: 'the event history of Icinga',
  signs: [['timestamp', 'object type', 'host name', 'type', 'state']],
  kind: 'states',
  at: ['timestamp'],
  state: ['object type', 'state'],
  words,
  only: { field: 'type', is: ['hard state'] },
  component: ['host name', 'service description'],
  joined: true,
}
