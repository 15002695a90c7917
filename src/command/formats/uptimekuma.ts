/** Uptime Kuma: the table `heartbeat` of its database. */
import type { Format } from './format.ts'

export const uptimekuma: Format = {
  name: 'uptimekuma',
  title: 'Uptime Kuma heartbeats',
  signs: [
    ['monitor id', 'status', 'time', 'important'],
    ['monitor id', 'status', 'time', 'ping'],
    ['monitor name', 'status', 'time', 'important'],
  ],
  kind: 'states',
  at: ['time'],
  state: ['status'],
  // Pending: a check failed and is tried again, so nothing is decided yet.
  words: { '0': 'down', '1': 'up', '2': 'skip', '3': 'maintenance' },
  component: ['monitor name', 'name', 'monitor id'],
}
