/** ServiceNow: its incidents, by the names of their fields or by their labels. */
import type { Format } from './format.ts'

export const servicenow: Format = {
  name: 'servicenow',
  title: 'ServiceNow incidents',
  signs: [
    ['number', 'opened at'],
    ['number', 'opened', 'short description'],
    ['number', 'opened', 'configuration item'],
  ],
  kind: 'incidents',
  start: ['opened at', 'opened'],
  end: ['resolved at', 'resolved', 'closed at', 'closed'],
  without: { field: 'state', is: ['8', 'canceled', 'cancelled'] },
  component: [
    'cmdb ci.display value',
    'cmdb ci',
    'configuration item',
    'business service.display value',
    'business service',
    'service',
  ],
}
