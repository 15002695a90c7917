/** Keyed: one policy for each key, made when the key first comes; the public contract. */
import type { Call } from '../core/call/call.ts'
import type { Duration } from '../core/duration.ts'
import type { BaseEvents } from '../core/events.ts'
import {
  type Check,
  duration,
  functionOf,
  integer,
  oneOf,
  optional,
  refuseOption,
  resolveOptions,
} from '../core/options.ts'
import type { AnyPolicy, BasePolicy, Policy, PolicyOptions } from '../core/policy.ts'
import { policyChecks } from '../core/policy-checks.ts'
import { policyOf } from '../core/policy-of.ts'
import { type KeyedOverflow, KeyedPolicy } from './keyed-policy.ts'

export interface KeyedOptions<P extends AnyPolicy = AnyPolicy> extends PolicyOptions {
  /** How many keys are kept, an integer >= 1; up to twice as many while none may be evicted. Default 10,000. */
  readonly max?: number
  /** How long a policy is kept after its last call, >= 0, or `Infinity`. Default `'10m'`. */
  readonly idle?: Duration
  /** Gives the key of a call; undefined for none. Default: the call's own `key`. */
  readonly key?: (call: Call) => string | undefined
  /**
   * What becomes of a new key where twice `max` are kept and none may be evicted. `'evict'`: one without work in flight is
   * evicted all the same. `'share'`: it shares one policy with all others of its like. `'reject'`: the call is refused.
   * Default `'evict'`.
   */
  readonly overflow?: KeyedOverflow
  /** For calls without a key. Default: such a call is refused with a `TypeError`. */
  readonly defaultPolicy?: P
}

type KeyedTypes<P extends AnyPolicy> = NonNullable<P['~types']>
type KeyedAccepts<P extends AnyPolicy> = [KeyedTypes<P>] extends [{ accepts: (value: infer A) => void }] ? A : unknown
type KeyedGives<P extends AnyPolicy> = [KeyedTypes<P>] extends [{ gives: (given: infer G) => void }] ? G : unknown

/** The events of the policies, with the key; undefined for a policy that serves calls without a key, or many keys. */
export type KeyedEvents<Emits extends object> = BaseEvents & {
  [E in Exclude<keyof Emits, keyof BaseEvents>]: Emits[E] & { readonly key: string | undefined }
}

export interface Keyed<P extends AnyPolicy = AnyPolicy>
  extends Policy<KeyedAccepts<P>, KeyedTypes<P>['adds'], KeyedGives<P>, KeyedEvents<KeyedTypes<P>['emits']>> {
  /** How many keys are kept. */
  readonly size: number
  /** The policy of a key, made where there is none yet. @throws BulkheadFullError where no more are kept. */
  get(key: string): P
  /** The policy of a key, if there is one; it does not count as a use. */
  peek(key: string): P | undefined
  entries(): readonly (readonly [key: string, policy: P])[]
  /** Forgets a key, whatever its policy holds; calls under way end under it. Returns whether there was one. */
  delete(key: string): boolean
}

export const defaults = Object.freeze({ max: 10_000, idle: 600_000, overflow: 'evict' })

/**
 * One policy for each key: a host, a tenant, a shard.
 *
 * ```ts
 * import { circuitBreaker } from 'holdfast/circuit-breaker'
 * import { keyed } from 'holdfast/keyed'
 * const hosts = keyed((host) => circuitBreaker({ name: host }), { max: 1000 })
 * await hosts.execute(() => 'fine', { key: 'a.example' }) // => 'fine'
 * hosts.peek('a.example')?.state // => 'closed'
 * ```
 *
 * @throws TypeError where an argument is wrong.
 */
export function keyed<P extends AnyPolicy>(make: (key: string) => P, options?: KeyedOptions<P>): Keyed<P> {
  if (typeof make !== 'function') refuseOption('keyed', 'factory', 'a function', make)
  const resolved = resolveOptions('keyed', options, {
    ...policyChecks,
    max: optional(integer(1), defaults.max),
    idle: optional(duration('>= 0', true), defaults.idle),
    key: optional(functionOf<(call: Call) => string | undefined>(), undefined),
    overflow: optional(oneOf('evict', 'share', 'reject'), defaults.overflow),
    defaultPolicy: optional(policyCheck, undefined),
  })
  return new KeyedPolicy(make, resolved) as unknown as Keyed<P>
}

const policyCheck: Check<BasePolicy> = (value, fail) => policyOf(value) ?? fail('a policy')
