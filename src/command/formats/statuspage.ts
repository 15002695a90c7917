/** Atlassian Statuspage, and the pages that speak like it, such as githubstatus.com: `/api/v2/incidents.json`. */
import type { Format } from './format.ts'

export const statuspage: Format = {
  name: 'statuspage',
  title: 'Statuspage incidents',
  signs: [
    ['impact', 'created at', 'resolved at', 'name'],
    ['impact', 'created at', 'status', 'shortlink'],
  ],
  kind: 'incidents',
  start: ['scheduled for', 'started at', 'created at'],
  end: ['resolved at', 'scheduled until'],
  state: ['impact'],
  // As the page itself shows them: minor is yellow, and counts as degraded.
  words: { none: 'skip', minor: 'degraded', major: 'down', critical: 'down', maintenance: 'maintenance' },
  each: 'components',
  component: ['components.name'],
}
