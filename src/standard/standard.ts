/**
 * The pipeline that most services want, with safe defaults.
 *
 * Order, outermost first: fallback, total timeout, rate limiter, throttle, retry, hedge, pool; for each member, or alone where there is
 * no pool: bulkhead, breaker, attempt timeout, chaos.
 */
import { type Bulkhead, bulkhead } from '../bulkhead/bulkhead.ts'
import { type Chaos, chaos } from '../chaos/chaos.ts'
import type { CircuitBreaker } from '../circuit-breaker/circuit.ts'
import { circuitBreaker } from '../circuit-breaker/circuit-breaker.ts'
import { exponential } from '../core/backoff.ts'
import { isRecord, refuseOption } from '../core/options.ts'
import type { BasePolicy } from '../core/policy.ts'
import { policyOf } from '../core/policy-of.ts'
import { failoverPool } from '../failover/factory.ts'
import type { PoolOf } from '../failover/failover-pool.ts'
import { type Fallback, fallback } from '../fallback/fallback.ts'
import { type Hedge, hedge } from '../hedge/hedge.ts'
import { type PipelineOf, pipeline } from '../pipeline/pipeline.ts'
import { type RateLimiter, rateLimiter } from '../rate-limiter/rate-limiter.ts'
import { type Retry, retry } from '../retry/retry.ts'
import { type Throttle, throttle } from '../throttle/throttle.ts'
import { type Timeout, timeout } from '../timeout/timeout.ts'
import { checkTogether } from './cross-checks.ts'
import { resolveStandard, type StandardOptions } from './options.ts'

type Guard = PipelineOf<readonly [Bulkhead, CircuitBreaker, Timeout, Chaos]>
type Around<Value> = readonly [Fallback<Value>, Timeout, RateLimiter, Throttle, Retry, Hedge]

/** The pipeline that `standard` makes: with `pool`, its operations get the `target`. */
export type Standard<Value = never, M = never> = [M] extends [never]
  ? PipelineOf<readonly [...Around<Value>, Bulkhead, CircuitBreaker, Chaos]>
  : PipelineOf<readonly [...Around<Value>, PoolOf<M, Guard>]>

/**
 * Makes the pipeline that most services want. Every part can be changed, replaced or left out.
 *
 * ```ts
 * import { standard } from 'holdfast/standard'
 * const stock = standard({ name: 'stock', total: '5s', attempt: '1s', fallback: { value: 'unknown' } })
 * await stock.execute(async ({ signal }) => {
 *   const response = await fetch('http://localhost/stock', { signal })
 *   if (!response.ok) throw new Error(`HTTP ${response.status}`)
 *   return response.text()
 * })
 * ```
 *
 * @throws TypeError where an option is wrong, or two parts do not go together; the message says what to change.
 */
export function standard<Value = never, M = never>(options?: StandardOptions<Value, M>): Standard<Value, M> {
  const settings = resolveStandard(options)
  const { name, clock, random, idempotent } = settings
  const around = {
    fallback: partOf('fallback', settings.fallback, fallback),
    total: partOf('total', settings.total, timeout, 'after', { name: 'total' }),
    rate: partOf('rate', settings.rate, rateLimiter, 'limit'),
    throttle: partOf('throttle', settings.throttle === true ? {} : settings.throttle, throttle),
    retry: idempotent ? partOf('retry', settings.retry, retry, 'retries', { retries: 2, budget: true }) : undefined,
    hedge: idempotent
      ? partOf('hedge', settings.hedge === true ? {} : settings.hedge, hedge, 'after', { idempotent: true })
      : undefined,
  }
  const { pool } = settings
  if (pool !== false) for (const part of memberParts) refuseShared(part, settings[part])
  const member = () => ({
    bulkhead: partOf('bulkhead', settings.bulkhead, bulkhead, 'limit', { limit: 100, queue: 0 }),
    breaker: partOf('breaker', settings.breaker, circuitBreaker, undefined, breakerDefaults),
    attempt: partOf('attempt', settings.attempt, timeout, 'after', { name: 'attempt' }),
    chaos: partOf('chaos', settings.chaos, chaos),
  })
  const first = member()
  const { total, retry: repeated, hedge: hedged } = around
  checkTogether({ total, retry: repeated, hedge: hedged, ...first, timed: isTimed(settings.breaker) })
  const inner = pool === false ? present(first) : [poolOf(pool, idempotent, () => pipeline(...present(member())))]
  const given = { name: name ?? 'standard', ...(clock && { clock }), ...(random && { random }) }
  return pipeline(given, ...present(around), ...inner) as unknown as Standard<Value, M>
}

const memberParts = ['bulkhead', 'breaker', 'attempt', 'chaos'] as const

const breakerDefaults = {
  failureRate: 0.5,
  window: '30s',
  minimumCalls: 20,
  openFor: exponential({ base: '5s', max: '5m' }),
}

/**
 * The policy of a part: undefined where it is left out. `alone` is the option that may be given in place of all.
 *
 * @throws TypeError that names the part, as its module does not know it.
 */
function partOf(
  part: string,
  value: unknown,
  factory: (options: never) => unknown,
  alone?: string,
  defaults: object = {},
): BasePolicy | undefined {
  if (value === false) return undefined
  const own = policyOf(value)
  if (own !== undefined) return own
  const short = alone !== undefined && (typeof value === 'number' || typeof value === 'string')
  const options = short ? { [alone]: value } : value
  if (!isRecord(options)) refuseOption('standard', part, 'options, a policy or false', value)
  try {
    return policyOf(factory({ ...defaults, ...(options as object) } as never))
  } catch (error) {
    throw error instanceof TypeError ? new TypeError(`standard: ${part}: ${error.message}`) : error
  }
}

function present(parts: Readonly<Record<string, BasePolicy | undefined>>): readonly BasePolicy[] {
  return Object.values(parts).filter((part) => part !== undefined)
}

/** A policy of the user's own would be shared by all members. */
function refuseShared(part: string, value: unknown): void {
  if (policyOf(value) === undefined) return
  refuseOption('standard', part, 'options where there is a pool, as each member gets a policy of its own,', value)
}

function poolOf(
  { members, ...options }: { readonly members: unknown },
  idempotent: boolean,
  guard: () => unknown,
): BasePolicy {
  const more = idempotent ? options : { ...options, attempts: 1 }
  return failoverPool(members as readonly unknown[], { ...more, guard } as never) as unknown as BasePolicy
}

/** A window of a breaker is a time, unless it is given as a number, which counts calls. */
function isTimed(breaker: unknown): boolean {
  const window = isRecord(breaker) ? breaker['window'] : undefined
  return window === undefined || typeof window === 'string'
}
