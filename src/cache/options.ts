/** The options of a cache, and how they are checked. */
import type { Call } from '../core/call/call.ts'
import type { Duration, Milliseconds } from '../core/duration.ts'
import {
  type Check,
  duration,
  functionOf,
  integer,
  isRecord,
  optional,
  ratio,
  refuseOption,
  resolveOptions,
  shorthand,
} from '../core/options.ts'
import type { When } from '../core/outcome.ts'
import type { BasePolicy, PolicyOptions } from '../core/policy.ts'
import { policyChecks } from '../core/policy-checks.ts'
import type { CacheStore } from './entry.ts'

export interface CacheOptions<Value = unknown> extends PolicyOptions {
  /**
   * How long a value is fresh, >= 0: a duration, or a function of the value and of the call that brought it (none where the value
   * was primed). Default `'30s'`.
   */
  readonly ttl?: Duration | ((value: Value, call: Call | undefined) => Duration)
  /** For how long after that it is given at once while it is refreshed in the background, >= 0. Default 0. */
  readonly staleWhileRevalidate?: Duration
  /** For how long after the end of `ttl` it is given in place of a failure, >= 0. Default 0. */
  readonly staleIfError?: Duration
  /** Values to keep at most: an integer >= 1. Not with `store`. Default 1000. */
  readonly maxEntries?: number
  /** Which calls have the same value: those with the same key. `undefined`: the call passes. Default: `call.key`. */
  readonly key?: (call: Call) => string | undefined
  /** Where the values are kept: `get`, `set`, `delete`, `clear` and `size`, synchronous. Default: in memory. */
  readonly store?: CacheStore
  /** What counts as a failure; rejections always do. Default: every error. */
  readonly when?: When<Value>
  /** Whether a value is stored. Default: always. */
  readonly storeWhen?: (value: Value, call: Call) => boolean
  /** By how much `ttl` is shortened at most, at random: a ratio. 0.1: by up to 10 %. Default 0. */
  readonly jitter?: number
  /** How long after a failed refresh the next one of the same key may start, >= 0. Default `'1s'`. */
  readonly refreshCooldown?: Duration
}

/** The same, resolved. Values are those of the operations. */
export interface CacheSettings {
  readonly ttl: Milliseconds | TtlFunction
  readonly staleWhileRevalidate: Milliseconds
  readonly staleIfError: Milliseconds
  readonly maxEntries: number | undefined
  readonly key: ((call: Call) => unknown) | undefined
  readonly store: CacheStore | undefined
  readonly when: When<never> | undefined
  readonly storeWhen: ((value: unknown, call: Call) => unknown) | undefined
  readonly jitter: number
  readonly refreshCooldown: Milliseconds
}

type TtlFunction = (value: unknown, call: Call | undefined) => unknown

const defaults = Object.freeze({
  ttl: 30_000,
  staleWhileRevalidate: 0,
  staleIfError: 0,
  maxEntries: 1000,
  jitter: 0,
  refreshCooldown: 1000,
})

const lengthOfTime = duration('>= 0')

const ttl: Check<Milliseconds | TtlFunction> = (value, fail) =>
  typeof value === 'function'
    ? (value as TtlFunction)
    : lengthOfTime(value, () => fail('a duration >= 0, or a function that gives one'))

const methods = ['get', 'set', 'delete', 'clear'] as const

const store: Check<CacheStore> = (value, fail) =>
  isRecord(value) && methods.every((name) => typeof value[name] === 'function') && typeof value['size'] === 'number'
    ? (value as unknown as CacheStore)
    : fail('a store with get, set, delete, clear and size')

export function resolveCacheOptions(given: unknown): CacheSettings & ConstructorParameters<typeof BasePolicy>[1] {
  if (typeof given === 'function') refuseOption('cache', 'ttl', 'a duration where it is given alone', given)
  const resolved = resolveOptions('cache', shorthand('ttl', given), {
    ...policyChecks,
    ttl: optional(ttl, defaults.ttl),
    staleWhileRevalidate: optional(lengthOfTime, defaults.staleWhileRevalidate),
    staleIfError: optional(lengthOfTime, defaults.staleIfError),
    maxEntries: optional(integer(1), undefined),
    key: optional(functionOf<(call: Call) => unknown>(), undefined),
    store: optional(store, undefined),
    when: optional(functionOf<When<never>>(), undefined),
    storeWhen: optional(functionOf<(value: unknown, call: Call) => unknown>(), undefined),
    jitter: optional(ratio, defaults.jitter),
    refreshCooldown: optional(lengthOfTime, defaults.refreshCooldown),
  })
  const { maxEntries } = resolved
  if (resolved.store === undefined) return { ...resolved, maxEntries: maxEntries ?? defaults.maxEntries }
  if (maxEntries !== undefined)
    refuseOption('cache', 'maxEntries', 'left out with store, which bounds itself', maxEntries)
  return resolved
}
