/** What a dashboard can be told. */
import type { AvailabilityTracker } from '../../availability/availability-tracker.ts'
import { zoneCheck } from '../../availability/window/zone.ts'
import type { Clock } from '../../core/clock.ts'
import type { Duration } from '../../core/duration.ts'
import type { FaultEvent, Listener } from '../../core/events.ts'
import {
  type Check,
  duration,
  functionOf,
  integer,
  isRecord,
  optional,
  resolveOptions,
  text,
} from '../../core/options.ts'
import { type AnyPolicy, policyChecks } from '../../core/policy.ts'
import { hostsCheck } from './request/hosts.ts'
import type { ControlAction } from './wire/facts.ts'

export const kind = 'dashboard'

/** Something somebody wants done by the page. */
export interface DashboardControl {
  readonly action: ControlAction
  readonly id: string
  /** What it is done to. */
  readonly kind: 'breaker' | 'member'
  /** Its name, and that of the policy it stands in. */
  readonly name: string
  readonly policy: string
  /** The pool of a member, or of the member whose guard a breaker is. */
  readonly pool?: string
  readonly member?: string
  /** The request as the server has it, with its headers and what middleware has put on it. */
  readonly raw: unknown
}

export interface DashboardOptions {
  /** Its components and objectives. */
  readonly tracker?: AvailabilityTracker
  /** Policies with all that is inside of them; each has a name of its own. Further ones by `watch`. */
  readonly policies?: readonly AnyPolicy[]
  /** Default `'holdfast'`. */
  readonly title?: string
  /** The IANA zone of the days in bars. Default `'UTC'`. */
  readonly zone?: string
  /** How often changes are sent, from 50 ms to 10 s. Default 500 ms. */
  readonly every?: Duration
  /** So many pages may be open; further ones try again after 5 s. An integer >= 1. Default 32. */
  readonly maxClients?: number
  /** How far back counts of calls are kept, in steps of 5 s. >= 0; 0 keeps none. Default 15 min. */
  readonly keep?: Duration
  /**
   * Whether a request may isolate, release or reset a breaker, or drain, maintain or take back a member: asked each time.
   * Without it nobody may, and the page shows no buttons.
   */
  readonly control?: (request: DashboardControl) => boolean | Promise<boolean>
  /** How long `control`, and the body of a request to it, may take. > 0. Default 10 s. After that nothing is done. */
  readonly timeout?: Duration
  /**
   * The hosts it answers to, by the `host` or `:authority` of a request: names or addresses, each perhaps with a port; without
   * one, any of its ports. Guards against DNS rebinding. Default: any host.
   */
  readonly hosts?: readonly string[]
  /** Told of what failed and was contained. Default: one warning a source. */
  readonly onFault?: (fault: FaultEvent) => void
  /** Stands in faults. Default `'dashboard'`. */
  readonly name?: string
  /** Default: the real clock. Give the tracker's, where that has another. */
  readonly clock?: Clock
}

const methods = ['report', 'standings', 'slices'] as const

const trackerCheck: Check<AvailabilityTracker> = (value, fail) =>
  isRecord(value) && methods.every((method) => typeof value[method] === 'function')
    ? (value as unknown as AvailabilityTracker)
    : fail('an availability tracker')

const policiesCheck: Check<readonly unknown[]> = (value, fail) => (Array.isArray(value) ? [...value] : fail('a list'))

const everyCheck: Check<number> = (value, fail) => {
  const expected = 'a duration from 50 ms to 10 s'
  const every = duration('> 0')(value, () => fail(expected))
  return every >= 50 && every <= 10_000 ? every : fail(expected)
}

export function resolveDashboard(given: unknown) {
  return resolveOptions(kind, given, {
    tracker: optional(trackerCheck, undefined),
    policies: optional(policiesCheck, []),
    title: optional(text, 'holdfast' as string),
    zone: optional(zoneCheck, 'UTC' as string),
    every: optional(everyCheck, 500 as number),
    maxClients: optional(integer(1), 32 as number),
    keep: optional(duration('>= 0'), 900_000 as number),
    control: optional(functionOf<(request: DashboardControl) => unknown>(), undefined),
    timeout: optional(duration('> 0'), 10_000 as number),
    hosts: optional(hostsCheck, undefined),
    onFault: optional(functionOf<Listener<FaultEvent>>(), undefined),
    name: policyChecks.name,
    clock: policyChecks.clock,
  })
}
