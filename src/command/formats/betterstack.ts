/** Better Stack Uptime: the incidents of its API. */
import type { Format } from './format.ts'

export const betterstack: Format = {
  name: 'betterstack',
  title: 'Better Stack incidents',
  signs: [
    ['attributes.started at', 'attributes.name'],
    ['started at', 'resolved at', 'cause'],
  ],
  kind: 'incidents',
  start: ['attributes.started at', 'started at'],
  end: ['attributes.resolved at', 'resolved at'],
  component: ['attributes.name', 'name', 'monitor', 'url'],
}
