/** Publishes the events of policies and of a tracker in Node's diagnostics channels. Policies pay only while a channel has subscribers. */

import { type Check, isRecord, optional, resolveOptions, show } from '../../core/options.ts'
import type { AnyPolicy, BasePolicy } from '../../core/policy.ts'
import { policyOf } from '../../core/policy-of.ts'
import type { AvailabilityTracker } from '../../full-tracker/availability-tracker.ts'
import { telemetryOf, telemetryOfKind } from '../../metrics/kinds.ts'
import { leavesOf } from '../../metrics/leaves.ts'
import { channelName, trackerEvents, trackerKind } from './channel-names.ts'
import { channel } from './channels.ts'
import { addChannels, allChannels, type EventChannels } from './event-channels.ts'

export interface PublishDiagnosticsOptions {
  /** Policies, with all policies inside of them. `watch` adds more later. */
  readonly policies?: readonly AnyPolicy[]
  /** The tracker whose outages, burn rates and recoveries are published. */
  readonly tracker?: AvailabilityTracker
}

export interface Diagnostics {
  /**
   * Publishes the events of a policy until the returned `stop()` is called. A policy that is watched already is not watched
   * again. Does nothing after `stop()` of the whole.
   */
  watch(policy: AnyPolicy): { stop(): void }
  /** Unsubscribes from every policy and the tracker. May be called twice. */
  stop(): void
}

const trackerCheck: Check<AvailabilityTracker> = (value, fail) =>
  isRecord(value) && typeof value['on'] === 'function' && typeof value['statuses'] === 'function'
    ? (value as unknown as AvailabilityTracker)
    : fail('an availability tracker')

const policiesCheck: Check<readonly BasePolicy[]> = (value, fail) =>
  Array.isArray(value) ? value.map(resolved) : fail('a list')

/**
 * Publishes events in the channels `holdfast:<kind>:<event>` of `node:diagnostics_channel`.
 *
 * ```ts
 * import { subscribe } from 'node:diagnostics_channel'
 * import { circuitBreaker } from 'holdfast/circuit-breaker'
 * import { publishDiagnostics } from 'holdfast/diagnostics'
 * const stock = circuitBreaker({ name: 'stock' })
 * publishDiagnostics({ policies: [stock] })
 * subscribe('holdfast:circuit-breaker:open', (event) => console.log(event))
 * ```
 *
 * @throws TypeError where an option is wrong.
 */
export function publishDiagnostics(options?: PublishDiagnosticsOptions): Diagnostics {
  const { policies, tracker } = resolveOptions('publishDiagnostics', options, {
    policies: optional(policiesCheck, []),
    tracker: optional(trackerCheck, undefined),
  })
  const watched = new Map<BasePolicy, { stop(): void }>()
  let stopped = false
  const watch = (policy: BasePolicy) => {
    const known = watched.get(policy)
    if (known !== undefined) return known
    makeChannels(policy)
    const channels: readonly EventChannels[] = allChannels()
    for (const each of channels) policy.events.addRelay(each.event, each.publish, each)
    const watching = {
      stop: () => {
        if (watched.get(policy) !== watching) return
        watched.delete(policy)
        for (const { event, publish } of channels) policy.events.removeRelay(event, publish)
      },
    }
    watched.set(policy, watching)
    return watching
  }
  for (const policy of policies) watch(policy)
  const stops = tracker === undefined ? [] : trackerEvents.map((event) => publishTracker(tracker, event))
  return {
    watch(given) {
      const policy = resolved(given)
      return stopped ? { stop() {} } : watch(policy)
    },
    stop() {
      stopped = true
      for (const { stop } of [...watched.values()]) stop()
      for (const stop of stops) stop()
    },
  }
}

/** Makes channels for kinds without telemetry, wherever they are: in a pipeline, or in the guard of a member. */
function makeChannels(policy: BasePolicy): void {
  for (const leaf of leavesOf(policy)) {
    const { kind, events, members } = telemetryOf(leaf)
    if (telemetryOfKind(kind) === undefined) {
      addChannels(
        kind,
        Object.keys(events).filter((event) => !events[event]?.everyCall),
      )
    }
    for (const guard of new Set(members?.guards(leaf).values())) makeChannels(guard)
  }
}

/** Returns a function that stops the publishing. */
function publishTracker(tracker: AvailabilityTracker, event: (typeof trackerEvents)[number]): () => void {
  const own = channel(channelName(event, trackerKind))
  const publish = (payload: object): void => own.publish(payload)
  tracker.on(event, publish)
  return () => tracker.off(event, publish)
}

function resolved(value: unknown): BasePolicy {
  const policy = policyOf(value)
  if (policy === undefined) throw new TypeError(`publishDiagnostics: policies must be policies, got ${show(value)}`)
  return policy
}
