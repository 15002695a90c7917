/** Opsgenie: alerts and incidents of its API, and the CSV of its alerts. */
import type { Format } from './format.ts'

export const opsgenie: Format = {
  name: 'opsgenie',
  title: 'Opsgenie alerts',
  signs: [
    ['tiny id', 'created at', 'status'],
    ['tinyid', 'createdat', 'status'],
  ],
  kind: 'incidents',
  start: ['impact start date', 'created at', 'createdat'],
  end: ['impact end date', 'closed at'],
  length: { fields: ['report.close time'], unit: 1 },
  over: { where: 'status', is: ['closed', 'resolved'], at: 'updated at' },
  component: ['entity', 'impacted services.0', 'source'],
}
