/** Options of a pool and of its members, checked and with their defaults. */
import { type Backoff, type BackoffFunction, backoff, exponential } from '../core/backoff.ts'
import {
  boolean,
  type Check,
  duration,
  finite,
  functionOf,
  integer,
  isRecord,
  oneOf,
  optional,
  positive,
  ratio,
  resolveOptions,
  shorthand,
  text,
} from '../core/options.ts'
import { checkJudging, judgingChecks } from '../core/outcome.ts'
import { policyChecks } from '../core/policy-checks.ts'
import { budgetCheck } from '../retry-budget/checks.ts'
import type { SlowStart } from './health/slow-start.ts'
import type { SuccessRateRule } from './health/success-rates.ts'
import type { MemberInfo, Panic } from './options.ts'
import { roundRobin } from './selection/round-robin.ts'
import type { Selection } from './selection/selection.ts'

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

export interface OutlierSettings {
  readonly consecutiveFailures: number
  readonly successRate: SuccessRateRule | false
  readonly ejectFor: Backoff | BackoffFunction
}

const successRateCheck: Check<SuccessRateRule | false> = (value) => {
  if (value === false) return false
  return resolveOptions('failoverPool: successRate', value, {
    gap: optional(ratio, 0.1 as number),
    minimumCalls: optional(integer(1), 100 as number),
    window: optional(duration('> 0'), 10_000 as number),
  })
}

const outlierCheck: Check<OutlierSettings | false> = (value) => {
  if (value === false) return false
  return resolveOptions('failoverPool: outlier', value, {
    consecutiveFailures: optional(integer(1), defaults.consecutiveFailures as number),
    successRate: successRateCheck,
    ejectFor: optional(backoff, defaults.ejectFor),
  })
}

export type CheckSettings = ReturnType<typeof resolveCheck>

function resolveCheck(value: unknown) {
  return resolveOptions('failoverPool: check', value, {
    run: functionOf<(check: never) => unknown>(),
    every: optional(duration('> 0'), 5000 as number),
    fast: optional(duration('> 0'), 1000 as number),
    timeout: optional(duration('> 0'), 1000 as number),
    jitter: optional(ratio, 0.1 as number),
    rise: optional(integer(1), 2 as number),
    fall: optional(integer(1), 3 as number),
    initial: optional(oneOf('up', 'fullyUp', 'down', 'fullyDown'), 'up' as const),
    atOnce: optional(integer(1), 10 as number),
    sameOperation: optional(boolean, false as boolean),
  })
}

const slowStartCheck: Check<SlowStart | undefined> = (value) => {
  if (value === undefined) return undefined
  return resolveOptions('failoverPool: slowStart', shorthand('window', value), {
    window: duration('> 0'),
    aggression: optional(positive, 1 as number),
    floor: optional(ratio, 0.1 as number),
  })
}

const panicCheck: Check<Panic> = (value, fail) =>
  value === 'leastBad' || value === 'fail'
    ? value
    : ratio(value, () => fail("a number from 0 to 1, 'leastBad' or 'fail'"))

export type FailoverSettings = ReturnType<typeof resolvePoolOptions>

export function resolvePoolOptions(given: unknown) {
  const options = resolveOptions('failoverPool', given, {
    ...policyChecks,
    selection: (value, fail) => (value === undefined ? roundRobin() : selectionCheck(value, fail)),
    guard: optional(functionOf<(member: MemberInfo<never>) => unknown>(), undefined),
    outlier: outlierCheck,
    check: (value) => (value === undefined ? undefined : resolveCheck(value)),
    panic: optional(panicCheck, defaults.panic as Panic),
    maxEjected: optional(ratio, defaults.maxEjected as number),
    slowStart: slowStartCheck,
    ...judgingChecks,
    attempts: optional(integer(1, true), Number.POSITIVE_INFINITY as number),
    budget: budgetCheck,
    stale: optional(functionOf<(error: unknown) => unknown>(), undefined),
    maxWait: optional(duration('>= 0'), 5000 as number),
  })
  checkJudging('failoverPool', options)
  return options
}

const anyFinite: Check<number> = (value, fail) =>
  typeof value === 'number' && Number.isFinite(value) ? value : fail('a finite number')

const settingChecks = {
  weight: optional(finite(0), 1 as number),
  zone: optional(text, undefined),
  priority: optional(anyFinite, 0 as number),
}

/** The changes that `update` was given. */
export function resolveChanges(given: unknown) {
  return resolveOptions('failoverPool: update', given, {
    weight: optional(finite(0), undefined),
    zone: settingChecks.zone,
    priority: optional(anyFinite, undefined),
    admin: optional(oneOf('ready', 'drain', 'maintenance'), undefined),
  })
}

/** A member's settings, from a plain target or a record with an own `target`. `count` numbers a member without a name. */
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
