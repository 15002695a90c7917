/** ServiceNow: its outages (`cmdb_ci_outage`), which say when a configuration item was down, whatever the incidents say. */
import type { Format } from './format.ts'

export const servicenowOutages: Format = {
  name: 'servicenow-outages',
  title: 'ServiceNow outages',
  signs: [
    ['cmdb ci', 'type', 'begin'],
    ['cmdb ci.display value', 'type', 'begin'],
    ['configuration item', 'type', 'begin'],
  ],
  kind: 'incidents',
  start: ['begin'],
  end: ['end'],
  state: ['type'],
  words: { outage: 'down', degradation: 'degraded', planned: 'maintenance', 'planned outage': 'maintenance' },
  component: ['cmdb ci.display value', 'cmdb ci', 'configuration item'],
}
