/** UptimeRobot: the CSV of its events, and `getMonitors` with `logs=1`. */
import type { Format } from './format.ts'

export const uptimerobot: Format = {
  name: 'uptimerobot',
  title: 'UptimeRobot events',
  signs: [
    ['event', 'monitor', 'date-time'],
    ['^friendly name', 'type', 'datetime'],
  ],
  kind: 'states',
  at: ['date-time', 'datetime'],
  state: ['event', 'type'],
  // 1, 2, 98 and 99 are the types in its API.
  words: {
    up: 'up',
    down: 'down',
    started: 'unknown',
    paused: 'unknown',
    '1': 'down',
    '2': 'up',
    '98': 'unknown',
    '99': 'unknown',
  },
  component: ['monitor', '^friendly name'],
}
