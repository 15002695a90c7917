/** The names of the channels: the package, as Node asks for, then the kind of policy and the event, with hyphens. */
import { kinds } from '../../metrics/kinds.ts'

/** Events of each kind that have channels. Those of every successful call have none, since even asking would cost each call. */
export const policyEvents: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  kinds.map(({ kind, events }) => [
    kind,
    Object.entries(events).flatMap(([event, { everyCall }]) => (everyCall ? [] : [event])),
  ]),
)

/** Events that every policy has. They have one channel each for all kinds. */
export const commonEvents = ['call', 'fault'] as const

export const trackerEvents = [
  'outageStart',
  'outageEnd',
  'burn',
  'recoveryStart',
  'recoveryEnd',
  'recoveryGiveUp',
] as const

export const trackerKind = 'availabilityTracker'

/** Without a kind: the name for an event that every policy has. */
export function channelName(event: string, kind?: string): string {
  return ['holdfast', ...(kind === undefined ? [] : [kind]), event].map(hyphened).join(':')
}

/** The names of all channels. */
export const channelNames: readonly string[] = Object.freeze([
  ...commonEvents.map((event) => channelName(event)),
  ...Object.entries(policyEvents).flatMap(([kind, events]) => events.map((event) => channelName(event, kind))),
  ...trackerEvents.map((event) => channelName(event, trackerKind)),
])

function hyphened(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
