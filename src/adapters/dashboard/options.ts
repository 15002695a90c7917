/** The options of a dashboard. */
import { zoneCheck } from '../../availability/time/zone.ts'
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
import type { AnyPolicy } from '../../core/policy.ts'
import { policyChecks } from '../../core/policy-checks.ts'
import type { AvailabilityTracker } from '../../full-tracker/availability-tracker.ts'
import { hostsCheck } from './request/hosts.ts'
import type { ControlAction } from './wire/messages.ts'

export const kind = 'dashboard'

/** An action that a user of the page requests. */
export interface DashboardControl {
  readonly action: ControlAction
  /** The id of the breaker or member on the page. */
  readonly id: string
  /** What the action applies to. */
  readonly kind: 'breaker' | 'member'
  readonly name: string
  /** The policy, given to the dashboard, that it is part of. */
  readonly policy: string
  /** The pool of the member, or of the member that the breaker guards. */
  readonly pool?: string
  /** The member itself, or the member that the breaker guards. */
  readonly member?: string
  /** The request as the server has it, with its headers and what middleware added. */
  readonly raw: unknown
}

export interface DashboardOptions {
  /** The tracker whose components and objectives are shown. Default: none. */
  readonly tracker?: AvailabilityTracker
  /** The policies to show, with all policies inside them. Their names must differ. `watch` adds more. Default: none. */
  readonly policies?: readonly AnyPolicy[]
  /** The title of the page. Default `'holdfast'`. */
  readonly title?: string
  /** The IANA time zone in which days begin. Default `'UTC'`. */
  readonly zone?: string
  /** The interval at which changes are sent, from 50 ms to 10 s. Default 500 ms. */
  readonly every?: Duration
  /** The most pages open at the same time; more retry after 5 s. An integer >= 1. Default 32. */
  readonly maxClients?: number
  /** How long counts of calls are kept, one sample every 5 s. >= 0; 0 keeps none. Default 15 min. */
  readonly keep?: Duration
  /**
   * Decides whether a request may isolate, release or reset a breaker, or drain, maintain or take back a member. Called for
   * each request; only `true` allows it. Default: no request may, and the page shows no buttons.
   */
  readonly control?: (request: DashboardControl) => boolean | Promise<boolean>
  /** The time limit of `control`, and of reading the body of its request. > 0. After it nothing is done. Default 10 s. */
  readonly timeout?: Duration
  /**
   * The hosts it answers, compared with the `host` or `:authority` of a request: names or addresses with an optional port. A
   * host without a port means all of its ports. Protects against DNS rebinding. Default: any host.
   */
  readonly hosts?: readonly string[]
  /** Called with each contained failure. Default: one console warning per source. */
  readonly onFault?: (fault: FaultEvent) => void
  /** The name in fault events. Default `'dashboard'`. */
  readonly name?: string
  /** Default: the real clock. Pass the tracker's clock if it has another one. */
  readonly clock?: Clock
}

const methods = ['report', 'statuses', 'slices'] as const

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
