/** Records the events of a policy. */
import type { EventBase } from '../core/events.ts'
import { show } from '../core/options.ts'
import type { AnyPolicy, BasePolicy } from '../core/policy.ts'
import { policyOf } from '../core/policy-of.ts'

/** One event: its name and the fields of its payload. */
export type RecorderEvent = EventBase & { readonly event: string } & { readonly [field: string]: unknown }

export interface Recorder {
  /** All events so far, in order. */
  readonly events: readonly RecorderEvent[]
  /** Their names, in order. */
  readonly names: readonly string[]
  /** The events of one name. */
  of(event: string): readonly RecorderEvent[]
  /** Stops recording. */
  stop(): void
}

/**
 * Records every event of a policy, and of all its parts.
 *
 * ```ts
 * import { recorder, scripted } from 'holdfast/testing'
 * import { retry } from 'holdfast/retry'
 * const again = retry({ retries: 1, backoff: 0 })
 * const { names } = recorder(again)
 * await again.execute(scripted(new Error('once'), 'fine'))
 * names // => ['retry', 'call']
 * ```
 */
export function recorder(policy: AnyPolicy): Recorder {
  const source: BasePolicy | undefined = policyOf(policy)
  if (source === undefined) throw new TypeError(`recorder: policy must be a policy, got ${show(policy)}`)
  const events: RecorderEvent[] = []
  const names: string[] = []
  const listeners = new Map<string, (payload: never) => void>()
  for (const event of new Set([...source.describe().events, 'call', 'fault'])) {
    const listener = (payload: EventBase): void => {
      events.push({ ...payload, event })
      names.push(event)
    }
    listeners.set(event, listener as (payload: never) => void)
    source.events.on(event, listener as (payload: never) => void)
  }
  return {
    events,
    names,
    of: (event) => events.filter((recorded) => recorded.event === event),
    stop: () => {
      for (const [event, listener] of listeners) source.events.off(event, listener)
    },
  }
}
