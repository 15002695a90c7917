import { availabilityTracker, circuitBreaker, failoverPool, pipeline, retry, timeout } from 'holdfast'
import { type HoldfastMetricsOptions, holdfastMetrics } from 'holdfast/prometheus'
import { virtualClock } from 'holdfast/testing'
import { AggregatorRegistry, Counter, type OpenMetricsContentType, Registry, register } from 'prom-client'
import { describe, expect, it, vi } from 'vitest'
import type { BasePolicy } from '../../../src/core/policy.ts'
import published from '../../data/availability-metrics.json'
import { of, scrape } from './scrape.ts'

const fail = async (): Promise<never> => {
  throw new Error('down')
}

/** One policy of each kind, and a tracker, all with values to show. */
async function everything(options: Partial<HoldfastMetricsOptions> = {}) {
  const clock = virtualClock()
  const breaker = circuitBreaker({ name: 'db', clock, consecutiveFailures: 2 })
  const stock = pipeline({ name: 'stock', clock }, retry({ retries: 1, backoff: 0 }), breaker, timeout('1s'))
  const pool = failoverPool(['a', 'b'], { name: 'api', clock, guard: () => circuitBreaker() })
  const tracker = availabilityTracker({ clock })
  tracker.watch(stock)
  tracker.objective({ name: 'slo', target: 0.99, period: '30d', indicator: { kind: 'requests', policy: stock } })
  const registry = new Registry()
  const metrics = holdfastMetrics({ registry, tracker, policies: [stock, pool], callDuration: true, ...options })
  await stock.execute(() => 1)
  await pool.execute(() => 1)
  await clock.advance('1m')
  await stock.execute(fail).catch(() => {})
  await clock.advance('1m')
  return { clock, stock, pool, breaker, tracker, registry, metrics }
}

describe('the names', () => {
  it('are the published ones, of the same kind, with their labels', async () => {
    const { registry } = await everything()
    const found = await registry.getMetricsAsJSON()
    const labelsOf = (metric: (typeof found)[number]): readonly string[] =>
      (registry.getSingleMetric(metric.name) as unknown as { labelNames: readonly string[] }).labelNames
    // One error type, or one breaker, is not known where these are counted.
    const without: Record<string, readonly string[]> = {
      holdfast_component_failures_total: ['error_type'],
      holdfast_fallback_invocations_total: ['outcome'],
    }

    const known = new Map(
      published.metrics.map(({ prometheus, ...rest }) => [prometheus.replace(/^lib_/, 'holdfast_'), rest]),
    )
    const shared = found.filter(({ name }) => known.has(name))
    expect(shared).toHaveLength(31)
    for (const metric of shared) {
      const { promType, labels } = known.get(metric.name) as { promType: string; labels: readonly string[] }
      expect(String(metric.type), metric.name).toBe(promType)
      const expected = labels.filter((label) => !without[metric.name]?.includes(label))
      expect(labelsOf(metric), metric.name).toEqual(expect.arrayContaining(expected))
    }
    expect(found.filter(({ name }) => !known.has(name)).map(({ name }) => name)).toEqual([
      'holdfast_exporter_errors_total',
      'holdfast_exporter_dropped_total',
      'holdfast_calls_total',
      'holdfast_calls_first_try_total',
      'holdfast_call_attempts_total',
      'holdfast_calls_saved_total',
      'holdfast_call_duration_seconds',
      'holdfast_hedge_delay_seconds',
      'holdfast_hedge_pending',
      'holdfast_hedge_attempts_total',
      'holdfast_hedge_wins_total',
      'holdfast_hedge_denials_total',
      'holdfast_rate_limiter_permits_available',
      'holdfast_rate_limiter_queue_length',
      'holdfast_rate_limiter_permits_limit',
      'holdfast_rate_limiter_wait_time_seconds',
      'holdfast_rate_limiter_rejections_total',
      'holdfast_cache_entries',
      'holdfast_cache_lookups_total',
      'holdfast_cache_stale_total',
      'holdfast_cache_stores_total',
      'holdfast_cache_refresh_errors_total',
      'holdfast_cache_evictions_total',
      'holdfast_single_flight_keys',
      'holdfast_single_flight_flights_total',
      'holdfast_single_flight_joins_total',
      'holdfast_single_flight_abandons_total',
      'holdfast_adaptive_limiter_limit',
      'holdfast_adaptive_limiter_inflight',
      'holdfast_adaptive_limiter_queue_length',
      'holdfast_adaptive_limiter_baseline_seconds',
      'holdfast_adaptive_limiter_wait_time_seconds',
      'holdfast_adaptive_limiter_rejections_total',
      'holdfast_pool_members',
      'holdfast_pool_member_status',
      'holdfast_pool_member_weight',
      'holdfast_pool_member_pending',
      'holdfast_pool_member_latency_seconds',
      'holdfast_pool_failovers_total',
      'holdfast_pool_ejections_total',
      'holdfast_pool_exhausted_total',
      'holdfast_chaos_injections_total',
      'holdfast_keyed_keys',
      'holdfast_throttle_probability_ratio',
      'holdfast_throttle_rejections_total',
      'holdfast_deadline_budget_rejections_total',
      'holdfast_policy_events_total',
      'holdfast_component_rejected_events_total',
    ])
  })

  it('begin with the given prefix, so two exporters fit into one registry', async () => {
    const { registry } = await everything()
    holdfastMetrics({ registry, prefix: 'second' })

    const samples = await scrape(registry)
    expect(samples.get('second_exporter_errors_total{source="tracker"}')).toBe(0)
    expect(samples.get('holdfast_exporter_errors_total{source="tracker"}')).toBe(0)
  })
})

describe('the registry', () => {
  it('is the only one touched, and gets no metrics of the process', async () => {
    const { registry } = await everything()

    expect(register.getMetricsAsArray()).toEqual([])
    expect((await registry.getMetricsAsJSON()).filter(({ name }) => !name.startsWith('holdfast_'))).toEqual([])
  })

  it('may be the global one, if that is given', () => {
    const metrics = holdfastMetrics({ registry: register })
    expect(register.getSingleMetric('holdfast_calls_total')).toMatchObject({ name: 'holdfast_calls_total' })
    metrics.stop()

    expect(register.getMetricsAsArray()).toEqual([])
  })

  it('is left unchanged if it already has one of the names', () => {
    const registry = new Registry()
    new Counter({ name: 'holdfast_pool_members', help: 'mine', registers: [registry] })
    const breaker = circuitBreaker({ clock: virtualClock() })

    expect(() => holdfastMetrics({ registry, policies: [breaker] })).toThrow(
      'holdfastMetrics: registry must not have holdfast_pool_members yet, give another prefix or registry',
    )
    expect(registry.getMetricsAsArray()).toHaveLength(1)
    expect((breaker as unknown as BasePolicy).events.hasListeners('open')).toBe(false)
  })

  it('may have the OpenMetrics format', async () => {
    const registry = new Registry<OpenMetricsContentType>()
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
    const clock = virtualClock()
    const breaker = circuitBreaker({ name: 'db', clock })
    const metrics = holdfastMetrics({ registry, policies: [breaker] })
    await breaker.execute(() => 1)

    expect(await registry.metrics()).toContain('holdfast_calls_total{policy="db",outcome="success"} 1')
    metrics.stop()
    expect(registry.getMetricsAsArray()).toEqual([])
  })

  it('reads all values at one instant: once for each scrape', async () => {
    const { tracker, registry } = await everything({ windows: ['1h'] })
    const report = vi.spyOn(tracker, 'report')
    await registry.metrics()
    expect(report).toHaveBeenCalledTimes(2)
    await registry.getMetricsAsJSON()
    expect(report).toHaveBeenCalledTimes(4)
    await registry.getSingleMetricAsString('holdfast_component_status')

    expect(report).toHaveBeenCalledTimes(6)
  })
})

describe('stop', () => {
  it('removes all metrics, unsubscribes from every policy, and does nothing the second time', async () => {
    const { tracker, registry, metrics, stock, pool, breaker } = await everything()
    const other = tracker.on('burn', () => {})
    metrics.stop()
    metrics.stop()
    tracker.close()

    expect(registry.getMetricsAsArray()).toEqual([])
    for (const policy of [stock, pool, breaker] as unknown as readonly BasePolicy[]) {
      const heard = ['open', 'close', 'reject', 'call', 'retry', 'timeout', 'eject', 'failover', 'membersChanged']
      expect(heard.filter((event) => policy.events.hasListeners(event))).toEqual([])
      expect(policy.events.reportsCallEnds).toBe(false)
    }
    expect(other).toBe(tracker)
  })

  it('makes `watch` do nothing', () => {
    const late = circuitBreaker({ name: 'late' })
    const metrics = holdfastMetrics({ registry: new Registry() })
    metrics.stop()
    metrics.watch(late).stop()
    metrics.watch(late)

    expect((late as unknown as BasePolicy).events.reportsCallEnds).toBe(false)
    expect(() => metrics.watch({} as never)).toThrow(TypeError)
  })

  it('leaves a metric that has taken its name', () => {
    const registry = new Registry()
    const metrics = holdfastMetrics({ registry })
    registry.clear()
    const mine = new Counter({ name: 'holdfast_calls_total', help: 'mine', registers: [registry] })
    metrics.stop()

    expect(registry.getMetricsAsArray()).toEqual([mine])
  })
})

describe('watch', () => {
  it('exports a policy from then on, until it is stopped; then its name is free again', async () => {
    const registry = new Registry()
    const metrics = holdfastMetrics({ registry })
    const stock = () => pipeline({ name: 'stock', clock: virtualClock() }, circuitBreaker({ name: 'db' }))
    const first = metrics.watch(stock())
    expect(Object.keys(await of(registry, 'circuit_breaker_status'))).toHaveLength(5)
    expect(() => metrics.watch(stock())).toThrow(
      'holdfastMetrics: policies must have names of their own, got "stock" again',
    )
    first.stop()
    expect([...(await scrape(registry)).keys()].filter((series) => series.includes('stock'))).toEqual([])
    metrics.watch(stock())
    first.stop()

    expect(Object.keys(await of(registry, 'circuit_breaker_status'))).toHaveLength(5)
  })
})

describe('a failure', () => {
  it('breaks no scrape: it is counted, and the other metrics are there', async () => {
    const { registry, pool } = await everything()
    vi.spyOn(pool, 'members', 'get').mockImplementation(() => {
      throw new Error('no members')
    })
    await scrape(registry)
    const found = await scrape(registry)

    expect(found.get('holdfast_exporter_errors_total{source="policies"}')).toBeGreaterThanOrEqual(1)
    expect(found.get('holdfast_calls_total{outcome="success",policy="stock"}')).toBe(1)
  })

  it('breaks no call: an event that cannot be counted is an error of the exporter', async () => {
    const { registry, stock } = await everything()
    const counter = registry.getSingleMetric('holdfast_retry_attempts_total') as Counter
    vi.spyOn(counter, 'inc').mockImplementation(() => {
      throw new Error('no room')
    })
    await expect(stock.execute(fail)).rejects.toThrow()

    expect(await of(registry, 'exporter_errors_total')).toMatchObject({ 'source=retry': expect.any(Number) })
  })
})

describe('the workers of a cluster', () => {
  it('are added up, except their ratios, which are left out', async () => {
    const workers = await Promise.all([everything(), everything()])
    const saved = await Promise.all(workers.map(({ registry }) => registry.getMetricsAsJSON()))
    const whole = AggregatorRegistry.aggregate(saved) as Registry
    const found = await scrape(whole)

    expect(found.get('holdfast_calls_total{outcome="success",policy="stock"}')).toBe(2)
    expect(found.get('holdfast_component_state_time_seconds_total{component="stock",state="down"}')).toBe(120)
    expect(found.get('holdfast_component_status{component="stock",state="down"}')).toBe(2)
    expect(found.get('holdfast_circuit_breaker_status{breaker="db",pipeline="stock",state="open"}')).toBe(2)
    expect(found.get('holdfast_component_last_transition_timestamp_seconds{component="stock"}')).toBe(60)
    expect(found.get('holdfast_slo_objective_ratio{slo="slo"}')).toBe(0.99)
    const ratios = [
      'availability_ratio',
      'coverage_ratio',
      'mtbf',
      'mttr',
      'burn_rate',
      'slo_error_budget',
      'weight',
      'latency',
    ]
    expect([...found.keys()].filter((series) => ratios.some((ratio) => series.includes(ratio)))).toEqual([])
  })
})

describe('options', () => {
  const registry = new Registry()
  const given = (options: object) => () => holdfastMetrics({ registry, ...options } as HoldfastMetricsOptions)

  it.each<readonly [object, string]>([
    [{ registry: undefined }, 'registry must be a Registry of prom-client, got undefined'],
    [{ registry: {} }, 'registry must be a Registry of prom-client, got an object'],
    [{ tracker: {} }, 'tracker must be an availability tracker, got an object'],
    [{ policies: 1 }, 'policies must be a list, got 1'],
    [{ policies: [1] }, 'policies must be policies, got 1'],
    [{ policies: [retry(), retry()] }, 'policies must have names of their own, got "retry" again'],
    [{ prefix: 'a-b' }, 'prefix must be letters, digits and _, got "a-b"'],
    [{ windows: '1h' }, 'windows must be a list of durations > 0, got "1h"'],
    [{ windows: ['1h', 0] }, 'windows must be a list of durations > 0, got an array'],
    [{ maxComponents: -1 }, 'maxComponents must be an integer >= 0, got -1'],
    [{ maxMembers: 0.5 }, 'maxMembers must be an integer >= 0, got 0.5'],
    [{ callDuration: [] }, 'callDuration must be a boolean, or bounds in seconds, rising, got an array'],
    [{ callDuration: [1, 1] }, 'callDuration must be a boolean, or bounds in seconds, rising, got an array'],
    [{ callDuration: '1s' }, 'callDuration must be a boolean, or bounds in seconds, rising, got "1s"'],
    [{ maxMember: 1 }, '"maxMember" is not an option, did you mean maxMembers?'],
  ])('%o are refused', (options, message) => {
    expect(given(options)).toThrow(`holdfastMetrics: ${message}`)
    expect(registry.getMetricsAsArray()).toEqual([])
  })

  it('without durations of calls have no histogram of them', async () => {
    const { registry: own } = await everything({ callDuration: false })

    expect(own.getSingleMetric('holdfast_call_duration_seconds')).toBeUndefined()
  })
})
