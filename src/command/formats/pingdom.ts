/** Pingdom: periods of its uptime report, of `summary.outage` and of its reports of transactions. */
import type { Format } from './format.ts'

export const pingdom: Format = {
  name: 'pingdom',
  title: 'Pingdom periods',
  signs: [
    ['status', 'timefrom', 'timeto'],
    ['^check id', 'status', 'from', 'to'],
  ],
  kind: 'incidents',
  start: ['timefrom', 'from'],
  end: ['timeto', 'to'],
  state: ['status'],
  component: ['^name', 'name', 'hostname'],
}

export const pingdomResults: Format = {
  name: 'pingdom-results',
  title: 'Pingdom results',
  signs: [['probeid', 'time', 'status']],
  kind: 'states',
  at: ['time'],
  state: ['status'],
  words: { 'unconfirmed down': 'skip' },
  component: ['^name', 'name', 'hostname'],
}
