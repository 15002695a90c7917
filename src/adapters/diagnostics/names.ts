/** The names of the channels: the package's first, as Node asks for, then the kind of policy and the event, with hyphens. */

/** The events there are, by the kind of what tells them; but for `success`, which would be a question more on each call. */
export const events = {
  retry: ['retry', 'giveUp'],
  circuitBreaker: ['open', 'halfOpen', 'close', 'isolate', 'disable', 'reject', 'failure', 'ignored'],
  timeout: ['timeout'],
  bulkhead: ['enqueue', 'dequeue', 'reject'],
  fallback: ['fallback'],
  failoverPool: [
    'select',
    'failover',
    'reconnect',
    'eject',
    'restore',
    'state',
    'admin',
    'exhausted',
    'membersChanged',
  ],
} as const

/** Those every policy has; they have one channel each, whatever policy they are of. */
export const common = ['call', 'fault'] as const

export const trackerEvents = [
  'outageStart',
  'outageEnd',
  'burn',
  'recoveryStart',
  'recoveryEnd',
  'recoveryGiveUp',
] as const

export const tracker = 'availabilityTracker'

/** Without a kind: of an event every policy has. */
export function nameOf(event: string, kind?: string): string {
  return ['holdfast', ...(kind === undefined ? [] : [kind]), event].map(hyphened).join(':')
}

/** The names of all channels. */
export const channelNames: readonly string[] = Object.freeze([
  ...common.map((event) => nameOf(event)),
  ...Object.entries(events).flatMap(([kind, names]) => names.map((event) => nameOf(event, kind))),
  ...trackerEvents.map((event) => nameOf(event, tracker)),
])

function hyphened(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
