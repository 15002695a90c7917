/** PagerDuty: its REST API, its analytics, and the CSV of its reports. */
import type { Format } from './format.ts'

export const pagerduty: Format = {
  name: 'pagerduty',
  title: 'PagerDuty incidents',
  signs: [
    ['incident number', 'created at', 'service.summary'],
    ['incident number', 'created on', 'service name'],
    ['created at', 'service name', 'seconds to resolve'],
    ['incident number', 'created on', 'seconds to resolve'],
  ],
  kind: 'incidents',
  start: ['created at', 'created on'],
  end: ['resolved at', 'resolved on'],
  // Older answers have no time of the resolution.
  over: { where: 'status', is: ['resolved'], at: 'last status change at' },
  component: ['service.summary', 'service name'],
}
