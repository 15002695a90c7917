/** Publishes the events of policies and of a tracker in Node's diagnostics channels; policies pay only while somebody subscribes. */
import type { AvailabilityTracker } from '../../availability/availability-tracker.ts'
import { type Check, isRecord, optional, resolveOptions, show } from '../../core/options.ts'
import { type AnyPolicy, type BasePolicy, policyOf } from '../../core/policy.ts'
import { channel } from './channels.ts'
import { nameOf, trackerEvents, tracker as trackerKind } from './names.ts'
import { outlets } from './outlet.ts'

export interface PublishDiagnosticsOptions {
  /** With all that is inside of them. Further ones by `watch`. */
  readonly policies?: readonly AnyPolicy[]
  /** Its outages, burn rates and recoveries. */
  readonly tracker?: AvailabilityTracker
}

export interface Diagnostics {
  /** Publishes the events of a policy until it is stopped. One that is watched already is not watched again; after `stop()` none is. */
  watch(policy: AnyPolicy): { stop(): void }
  /** Lets go of every policy and of the tracker. Twice is once. */
  stop(): void
}

const trackerCheck: Check<AvailabilityTracker> = (value, fail) =>
  isRecord(value) && typeof value['on'] === 'function' && typeof value['standings'] === 'function'
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
    for (const outlet of outlets) policy.events.addRelay(outlet.event, outlet.publish, outlet)
    const watching = {
      stop: () => {
        if (watched.get(policy) !== watching) return
        watched.delete(policy)
        for (const { event, publish } of outlets) policy.events.removeRelay(event, publish)
      },
    }
    watched.set(policy, watching)
    return watching
  }
  for (const policy of policies) watch(policy)
  const unhear = tracker === undefined ? [] : trackerEvents.map((event) => heard(tracker, event))
  return {
    watch(given) {
      const policy = resolved(given)
      return stopped ? { stop() {} } : watch(policy)
    },
    stop() {
      stopped = true
      for (const { stop } of [...watched.values()]) stop()
      for (const stop of unhear) stop()
    },
  }
}

function heard(tracker: AvailabilityTracker, event: (typeof trackerEvents)[number]): () => void {
  const own = channel(nameOf(event, trackerKind))
  const publish = (payload: object): void => own.publish(payload)
  tracker.on(event, publish)
  return () => tracker.off(event, publish)
}

function resolved(value: unknown): BasePolicy {
  const policy = policyOf(value)
  if (policy === undefined) throw new TypeError(`publishDiagnostics: policies must be policies, got ${show(value)}`)
  return policy
}
