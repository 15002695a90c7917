/** What a failover pool and its members can be told. */
import { type Backoff, exponential, growing } from '../core/backoff.ts'
import type { Duration } from '../core/duration.ts'
import {
  type Check,
  finite,
  functionOf,
  integer,
  isRecord,
  optional,
  ratio,
  resolveOptions,
  text,
} from '../core/options.ts'
import type { When } from '../core/outcome.ts'
import { type AnyPolicy, type PolicyOptions, policyChecks } from '../core/policy.ts'
import { roundRobin } from './round-robin.ts'
import type { Selection } from './selection.ts'

/** A member with settings. A target that has an own `target` key must be given this way. */
export interface MemberOptions<Target> {
  /** What the operation gets as `target`. */
  readonly target: Target
  /** Unique in the pool. Default: `String(target)` for strings and URLs, else `member-<n>`. */
  readonly name?: string
  /** Its share, >= 0. Default 1. A member of weight 0 is chosen only where all are 0. */
  readonly weight?: number
  readonly zone?: string
  /** Lower is preferred, by selections that look at it. A finite number. Default 0. */
  readonly priority?: number
}

/** A member as its guard's factory sees it. */
export interface MemberInfo<Target> {
  readonly name: string
  readonly target: Target
  readonly weight: number
  readonly zone: string | undefined
  readonly priority: number
}

/** When a member is ejected for failing, and for how long. */
export interface OutlierOptions {
  /** Failures in a row, an integer >= 1. Default 5. */
  readonly consecutiveFailures?: number
  /** How long; a backoff grows with each ejection. Default `exponential({ base: '5s', max: '5m', jitter: 'equal' })`. */
  readonly ejectFor?: Duration | Backoff
}

export interface FailoverOptions<Target, Guard extends AnyPolicy = AnyPolicy, Accepts = unknown> extends PolicyOptions {
  /** How to choose. Default `roundRobin()`. */
  readonly selection?: Selection | (() => Selection)
  /** Makes the policy around each member's tries; called once a member, when it is added. Default: none. */
  readonly guard?: (member: MemberInfo<Target>) => Guard
  /** When to eject a member; `false` for never. */
  readonly outlier?: OutlierOptions | false
  /** Below this share of healthy members, 0 to 1, health is ignored and all are tried. Default 0.5. */
  readonly panic?: number
  /** At most this share of the members is ejected, 0 to 1, counted after the ejection. Default 0.5. */
  readonly maxEjected?: number
  /** What counts as a member's failure and moves on to the next. Default: every error; refusals of a guard only move on. */
  readonly when?: When<Accepts>
  /** Members tried in one call at most, an integer >= 1. Default: all. */
  readonly attempts?: number
}

export const defaults = Object.freeze({
  consecutiveFailures: 5,
  ejectFor: exponential({ base: '5s', max: '5m', jitter: 'equal' }),
  panic: 0.5,
  maxEjected: 0.5,
})

const selectionCheck: Check<Selection> = (value, fail) => {
  const selection: unknown = typeof value === 'function' ? value() : value
  const fine = isRecord(selection) && typeof selection['start'] === 'function'
  return fine ? (selection as unknown as Selection) : fail('a selection')
}

const outlierCheck: Check<{ readonly consecutiveFailures: number; readonly ejectFor: Backoff } | false> = (value) => {
  if (value === false) return false
  return resolveOptions('failoverPool: outlier', value, {
    consecutiveFailures: optional(integer(1), defaults.consecutiveFailures as number),
    ejectFor: optional(growing, defaults.ejectFor),
  })
}

export type Resolved = ReturnType<typeof resolvePoolOptions>

export function resolvePoolOptions(given: unknown) {
  return resolveOptions('failoverPool', given, {
    ...policyChecks,
    selection: (value, fail) => (value === undefined ? roundRobin() : selectionCheck(value, fail)),
    guard: optional(functionOf<(member: MemberInfo<never>) => unknown>(), undefined),
    outlier: outlierCheck,
    panic: optional(ratio, defaults.panic as number),
    maxEjected: optional(ratio, defaults.maxEjected as number),
    when: optional(functionOf<When<never>>(), undefined),
    attempts: optional(integer(1, true), Number.POSITIVE_INFINITY as number),
  })
}

const anyFinite: Check<number> = (value, fail) =>
  typeof value === 'number' && Number.isFinite(value) ? value : fail('a finite number')

export const settingChecks = {
  weight: optional(finite(0), 1 as number),
  zone: optional(text, undefined),
  priority: optional(anyFinite, 0 as number),
}

/** A member's settings, from a plain target or a record with an own `target`. `count` numbers the nameless. */
export function resolveMember(given: unknown, count: number): MemberInfo<unknown> {
  const record = isRecord(given) && Object.hasOwn(given, 'target') ? given : { target: given }
  const { target, name, ...settings } = resolveOptions('failoverPool: member', record, {
    target: (value) => value,
    name: optional(text, undefined),
    ...settingChecks,
  })
  const plain = typeof target === 'string' || target instanceof URL
  return { name: name ?? (plain ? String(target) : `member-${count}`), target, ...settings }
}
