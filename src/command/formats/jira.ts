/** Jira: its CSV, and the answers of its search. */
import type { Format } from './format.ts'

export const jira: Format = {
  name: 'jira',
  title: 'Jira issues',
  signs: [
    ['issue key', 'created'],
    ['key', 'fields.created'],
  ],
  kind: 'incidents',
  start: ['fields.created', 'created'],
  end: ['fields.resolutiondate', 'resolved', 'resolution date'],
  component: ['fields.components.0.name', 'component/s', 'components', 'affected services'],
}
