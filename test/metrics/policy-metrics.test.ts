import { bulkhead, circuitBreaker, failoverPool, fallback, ordered, pipeline, policy, retry, timeout } from 'holdfast'
import { type HoldfastMetricsOptions, holdfastMetrics } from 'holdfast/prometheus'
import { virtualClock } from 'holdfast/testing'
import { Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { of, scrape } from '../adapters/prometheus/scrape.ts'
import { UndescribedPolicy } from '../support/undescribed-policy.ts'

const fail = async (): Promise<never> => {
  throw new Error('down')
}
const fine = async (): Promise<string> => 'fine'
const never = (): Promise<never> => new Promise(() => {})

async function attempt(
  target: { execute(op: never, options?: { signal: AbortSignal }): Promise<unknown> },
  op: () => Promise<unknown> = fine,
): Promise<void> {
  await target.execute(op as never).catch(() => {})
}

function exported(policies: HoldfastMetricsOptions['policies'] & {}, options: Partial<HoldfastMetricsOptions> = {}) {
  const registry = new Registry()
  const metrics = holdfastMetrics({ registry, policies, ...options })
  return { registry, metrics }
}

describe("a policy of the user's own", () => {
  it('has the counts of its calls, and the policies beside it have their metrics', async () => {
    const own = policy('own', (call, next) => next(call))
    const { registry } = exported([pipeline('stock', own, bulkhead(3)), own])
    await attempt(own)

    expect(await of(registry, 'calls_total')).toMatchObject({
      'outcome=success,policy=own': 1,
      'outcome=success,policy=stock': 0,
    })
    expect(await of(registry, 'bulkhead_execution_limit')).toEqual({ 'pipeline=stock,policy=bulkhead': 3 })
  })
})

describe('a policy of a kind without telemetry', () => {
  it('has a counter for each of its events, but none for `success`', async () => {
    const shedder = new UndescribedPolicy()
    const { registry } = exported([pipeline('stock', shedder)])
    shedder.shed()

    expect(await of(registry, 'policy_events_total')).toEqual({
      'event=shed,kind=shedder,pipeline=stock,policy=shedder': 1,
      'event=slowDown,kind=shedder,pipeline=stock,policy=shedder': 0,
    })
    expect(shedder.events.hasListeners('success')).toBe(false)
  })
})

describe('a circuit breaker', () => {
  it('shows its state and the seconds in each, also of an opening between two scrapes', async () => {
    const clock = virtualClock()
    const breaker = circuitBreaker({ name: 'db', clock, consecutiveFailures: 1, openFor: '500ms' })
    const { registry } = exported([breaker])
    await attempt(breaker)
    await clock.advance('4s')
    await scrape(registry)
    await attempt(breaker, fail)
    await clock.advance('500ms')
    await attempt(breaker)
    await clock.advance('500ms')

    expect(await of(registry, 'circuit_breaker_status')).toEqual({
      'breaker=db,state=closed': 1,
      'breaker=db,state=open': 0,
      'breaker=db,state=half-open': 0,
      'breaker=db,state=isolated': 0,
      'breaker=db,state=disabled': 0,
    })
    expect(await of(registry, 'circuit_breaker_state_time_seconds_total')).toEqual({
      'breaker=db,state=closed': 4.5,
      'breaker=db,state=open': 0.5,
      'breaker=db,state=half-open': 0,
      'breaker=db,state=isolated': 0,
      'breaker=db,state=disabled': 0,
    })
    expect(await of(registry, 'circuit_breaker_transitions_total')).toEqual({
      'breaker=db,from=closed,to=open': 1,
      'breaker=db,from=open,to=half-open': 1,
      'breaker=db,from=half-open,to=open': 0,
      'breaker=db,from=half-open,to=closed': 1,
    })
  })

  it('shows the state it has when it is handed over, and changes by operators', async () => {
    const clock = virtualClock()
    const breaker = circuitBreaker({ name: 'db', clock })
    const isolation = breaker.isolate()
    const { registry } = exported([breaker])
    expect(await of(registry, 'circuit_breaker_status')).toMatchObject({ 'breaker=db,state=isolated': 1 })
    await clock.advance('2s')
    await attempt(breaker)
    isolation.release()
    breaker.disable()
    await clock.advance('3s')

    expect(await of(registry, 'circuit_breaker_state_time_seconds_total')).toMatchObject({
      'breaker=db,state=isolated': 2,
      'breaker=db,state=disabled': 3,
    })
    expect(await of(registry, 'circuit_breaker_transitions_total')).toMatchObject({
      'breaker=db,from=isolated,to=closed': 1,
      'breaker=db,from=closed,to=disabled': 1,
    })
    expect(await of(registry, 'circuit_breaker_rejections_total')).toEqual({
      'breaker=db,state=open': 0,
      'breaker=db,state=half-open': 0,
      'breaker=db,state=isolated': 1,
    })
  })

  it('gets no clock from a scrape, and counts time once it has one', async () => {
    const clock = virtualClock()
    const breaker = circuitBreaker({ name: 'db' })
    const { registry } = exported([breaker])
    await scrape(registry)
    const owner = pipeline({ name: 'owner', clock }, breaker)
    await clock.advance('5s')
    await attempt(owner)
    await scrape(registry)
    await clock.advance('5s')

    expect(await of(registry, 'circuit_breaker_state_time_seconds_total')).toMatchObject({
      'breaker=db,state=closed': 5,
    })
  })
})

describe('a pipeline', () => {
  it('counts its calls by outcome', async () => {
    const clock = virtualClock()
    const stock = pipeline({ name: 'stock', clock }, fallback({ value: 'old' }), retry({ retries: 1, backoff: 0 }))
    const { registry } = exported([stock])
    await attempt(stock)
    let tries = 0
    await attempt(stock, async () => {
      if (++tries === 1) throw new Error('once')
    })
    await attempt(stock, fail)
    const aborted = new AbortController()
    const gone = stock.execute(never, { signal: aborted.signal }).catch(() => {})
    aborted.abort(new Error('gone'))
    await gone

    expect(await of(registry, 'calls_total')).toEqual({
      'outcome=success,policy=stock': 3,
      'outcome=failure,policy=stock': 0,
      'outcome=ignored,policy=stock': 1,
    })
    expect(await of(registry, 'calls_first_try_total')).toEqual({ 'policy=stock': 1 })
    expect(await of(registry, 'call_attempts_total')).toEqual({ 'policy=stock': 6 })
    expect(await of(registry, 'calls_saved_total')).toEqual({
      'policy=stock,saved_by=fallback': 1,
      'policy=stock,saved_by=retry': 1,
    })
    expect(await of(registry, 'retry_attempts_total')).toEqual({
      'attempt_type=retry,pipeline=stock,policy=retry': 2,
    })
    expect(await of(registry, 'retry_calls_total')).toEqual({
      'pipeline=stock,policy=retry,result=exhausted': 1,
      'pipeline=stock,policy=retry,result=budget_exhausted': 0,
      'pipeline=stock,policy=retry,result=deadline': 0,
      'pipeline=stock,policy=retry,result=not_retryable': 0,
      'pipeline=stock,policy=retry,result=rejected': 0,
      'pipeline=stock,policy=retry,result=stopped': 0,
      'pipeline=stock,policy=retry,result=success_after_retry': 1,
    })
    expect(await of(registry, 'retry_delay_seconds_count')).toEqual({ 'pipeline=stock,policy=retry': 2 })
    expect(await of(registry, 'fallback_invocations_total')).toEqual({ 'pipeline=stock,policy=fallback': 1 })
  })

  it('counts failures, and a call that failed was saved by no policy', async () => {
    const stock = pipeline({ name: 'stock', clock: virtualClock() }, retry(0))
    const { registry } = exported([stock])
    await attempt(stock, fail)

    expect(await of(registry, 'calls_total')).toMatchObject({ 'outcome=failure,policy=stock': 1 })
    expect(await of(registry, 'calls_saved_total')).toEqual({})
  })

  it('numbers policies of one name, outermost first, also in pipelines inside', async () => {
    const clock = virtualClock()
    const inner = pipeline('inner', timeout('1s'))
    const stock = pipeline({ name: 'stock', clock }, timeout('9s'), bulkhead(1), inner)
    const { registry } = exported([stock])
    await clock.settle(attempt(stock, never))

    expect(await of(registry, 'timeout_timeouts_total')).toEqual({
      'pipeline=stock,policy=timeout': 0,
      'pipeline=stock,policy=timeout#2': 1,
    })
  })

  it('shows how full a bulkhead is, and why it rejected calls', async () => {
    const clock = virtualClock()
    const few = bulkhead({ name: 'few', limit: 1, queue: 1, maxWait: '1s' })
    const stock = pipeline({ name: 'stock', clock }, few)
    const { registry } = exported([stock])
    const calls = [attempt(stock, never), attempt(stock), attempt(stock)]
    void calls[0]
    expect(await of(registry, 'bulkhead_execution_active')).toEqual({ 'pipeline=stock,policy=few': 1 })
    expect(await of(registry, 'bulkhead_queue_length')).toEqual({ 'pipeline=stock,policy=few': 1 })
    await clock.advance('1s')
    few.resize(3)

    expect(await of(registry, 'bulkhead_execution_limit')).toEqual({ 'pipeline=stock,policy=few': 3 })
    expect(await of(registry, 'bulkhead_rejections_total')).toEqual({
      'pipeline=stock,policy=few,reason=full': 1,
      'pipeline=stock,policy=few,reason=max_wait': 1,
      'pipeline=stock,policy=few,reason=deadline': 0,
    })
  })

  it('has a histogram of durations on request, and no listener to `call` without it', async () => {
    const clock = virtualClock()
    const stock = pipeline({ name: 'stock', clock }, timeout('9s'))
    const other = pipeline({ name: 'other', clock }, timeout('9s'))
    const { registry } = exported([stock], { callDuration: [0.1, 1] })
    exported([other])
    const slow = attempt(stock, () => new Promise((resolve) => void clock.advance('500ms').then(() => resolve(1))))
    await slow
    await attempt(stock, fail)
    const aborted = new AbortController()
    const gone = stock.execute(never, { signal: aborted.signal }).catch(() => {})
    aborted.abort()
    await gone
    const found = await scrape(registry)

    expect(found.get('holdfast_call_duration_seconds_bucket{le="0.1",outcome="success",policy="stock"}')).toBe(0)
    expect(found.get('holdfast_call_duration_seconds_bucket{le="1",outcome="success",policy="stock"}')).toBe(1)
    expect(found.get('holdfast_call_duration_seconds_sum{outcome="success",policy="stock"}')).toBe(0.5)
    expect(found.get('holdfast_call_duration_seconds_count{outcome="failure",policy="stock"}')).toBe(1)
    expect(found.get('holdfast_call_duration_seconds_count{outcome="ignored",policy="stock"}')).toBe(1)
    const { events } = other as unknown as { events: { hasListeners(event: string): boolean } }
    expect(events.hasListeners('call')).toBe(false)
  })

  it('watches a policy once, though it is in two pipelines', async () => {
    const clock = virtualClock()
    const breaker = circuitBreaker({ name: 'db', clock })
    const { registry } = exported([pipeline('a', breaker, breaker), pipeline('b', breaker)])

    expect(Object.keys(await of(registry, 'circuit_breaker_status'))).toHaveLength(5)
  })
})

describe('a failover pool', () => {
  const guard = () => pipeline('guard', circuitBreaker({ consecutiveFailures: 1 }), retry({ retries: 0 }))

  function pooled(options: Partial<HoldfastMetricsOptions> = {}) {
    const clock = virtualClock()
    const pool = failoverPool(['a', 'b'], {
      name: 'api',
      clock,
      guard,
      selection: ordered(),
      outlier: { consecutiveFailures: 1, ejectFor: '10s' },
      maxEjected: 1,
      panic: 0,
    })
    const { registry, metrics } = exported([pipeline('front', pool)], options)
    return { clock, pool, registry, metrics }
  }

  it('shows its members, and the breakers of their guards', async () => {
    const { clock, pool, registry } = pooled()
    const answer = ({ target }: { target: string }) => (target === 'a' ? fail() : fine())
    await pool.execute(answer)
    const found = await scrape(registry)

    expect(await of(registry, 'pool_members')).toMatchObject({
      'pipeline=front,pool=api,state=ejected': 1,
      'pipeline=front,pool=api,state=up': 1,
    })
    expect(found.get('holdfast_pool_member_status{member="a",pipeline="front",pool="api",state="ejected"}')).toBe(1)
    expect(found.get('holdfast_pool_member_status{member="b",pipeline="front",pool="api",state="ejected"}')).toBe(0)
    expect(await of(registry, 'pool_failovers_total')).toEqual({ 'pipeline=front,pool=api': 1 })
    expect(await of(registry, 'pool_exhausted_total')).toEqual({ 'pipeline=front,pool=api': 0 })
    expect(await of(registry, 'pool_ejections_total')).toMatchObject({
      'member=a,pipeline=front,pool=api,reason=consecutive': 1,
      'member=b,pipeline=front,pool=api,reason=consecutive': 0,
    })
    expect(await of(registry, 'pool_member_weight')).toEqual({
      'member=a,pipeline=front,pool=api': 1,
      'member=b,pipeline=front,pool=api': 1,
    })
    expect(await of(registry, 'pool_member_latency_seconds')).toEqual({ 'member=b,pipeline=front,pool=api': 0 })
    expect(await of(registry, 'pool_member_pending')).toMatchObject({ 'member=b,pipeline=front,pool=api': 0 })
    const open = 'breaker=circuitBreaker,member=a,pipeline=front,pool=api,state=open'
    expect(await of(registry, 'circuit_breaker_status')).toMatchObject({ [open]: 1 })
    await clock.advance('1s')
    expect(await of(registry, 'circuit_breaker_state_time_seconds_total')).toMatchObject({ [open]: 1 })
  })

  it('counts calls for which no member was left', async () => {
    const { pool, registry } = pooled()
    await pool.execute(fail).catch(() => {})

    expect(await of(registry, 'pool_exhausted_total')).toEqual({ 'pipeline=front,pool=api': 1 })
  })

  it('adds series of new members, and removes those of removed members', async () => {
    const { pool, registry } = pooled()
    await scrape(registry)
    pool.remove('a')
    pool.add('c')
    pool.update('b', { admin: 'maintenance' })
    const series = [...(await scrape(registry)).keys()]

    expect(series.filter((name) => name.includes('member="a"'))).toEqual([])
    expect(series.filter((name) => name.includes('member="c"')).length).toBeGreaterThan(20)
    expect(await of(registry, 'pool_members')).toMatchObject({
      'pipeline=front,pool=api,state=maintenance': 1,
      'pipeline=front,pool=api,state=unknown': 1,
    })
  })

  it('starts a new series for a member that was added again under its name', async () => {
    const { pool, registry } = pooled()
    await pool.execute(({ target }) => (target === 'a' ? fail() : fine()))
    pool.remove('a')
    pool.add('a')

    expect(await of(registry, 'pool_ejections_total')).toMatchObject({
      'member=a,pipeline=front,pool=api,reason=consecutive': 0,
    })
  })

  it('works without guards', async () => {
    const pool = failoverPool(['a'], { name: 'plain', clock: virtualClock() })
    const { registry } = exported([pool])

    expect(await of(registry, 'pool_member_weight')).toEqual({ 'member=a,pool=plain': 1 })
  })

  it('counts no ejections of a member beyond the limit', async () => {
    const { pool, registry } = pooled({ maxMembers: 1 })
    pool.update('a', { admin: 'maintenance' })
    await pool.execute(fail).catch(() => {})

    expect(pool.members.map(({ name, state }) => [name, state])).toContainEqual(['b', 'ejected'])
    const members = Object.keys(await of(registry, 'pool_ejections_total')).filter((name) => name.includes('member=b'))
    expect(members).toEqual([])
    expect((await of(registry, 'exporter_errors_total'))['source=eject']).toBeUndefined()
  })

  it('has series for as many members as the limit, and for the next one when a member is removed', async () => {
    const { pool, registry } = pooled({ maxMembers: 1 })
    await pool.execute(({ target }) => (target === 'b' ? fail() : fine()))
    const left = [...(await scrape(registry)).keys()].filter((name) => name.includes('member="b"'))
    expect(left).toEqual([])
    expect(await of(registry, 'pool_members')).toMatchObject({ 'pipeline=front,pool=api,state=up': 1 })
    expect((await of(registry, 'exporter_dropped_total'))['limit=maxMembers']).toBeGreaterThanOrEqual(2)
    pool.remove('a')

    expect(Object.keys(await of(registry, 'pool_member_weight'))).toEqual(['member=b,pipeline=front,pool=api'])
  })
})

describe('a policy at several locations', () => {
  const breakers = async (registry: Registry) =>
    Object.keys(await of(registry, 'circuit_breaker_status')).filter((name) => name.endsWith('state=closed'))

  it('is shown at its first location, and at the next one when that is stopped', async () => {
    const shared = circuitBreaker({ name: 'db' })
    const { registry, metrics } = exported([])
    const [first, second, third] = ['a', 'b', 'c'].map((name) => metrics.watch(pipeline(name, retry(0), shared)))
    expect(await breakers(registry)).toEqual(['breaker=db,pipeline=a,state=closed'])
    second?.stop()
    expect(await breakers(registry)).toEqual(['breaker=db,pipeline=a,state=closed'])
    first?.stop()
    expect(await breakers(registry)).toEqual(['breaker=db,pipeline=c,state=closed'])
    shared.isolate()
    expect(await of(registry, 'circuit_breaker_transitions_total')).toMatchObject({
      'breaker=db,from=closed,pipeline=c,to=isolated': 1,
    })
    third?.stop()
    expect(await breakers(registry)).toEqual([])
  })

  it('is shown as long as it guards one of the members', async () => {
    const shared = circuitBreaker({ name: 'db' })
    const pool = failoverPool(['a', 'b'], { name: 'api', clock: virtualClock(), guard: () => pipeline(shared) })
    const { registry, metrics } = exported([pool])
    expect(await breakers(registry)).toEqual(['breaker=db,member=a,pool=api,state=closed'])
    pool.remove('a')
    expect(await breakers(registry)).toEqual(['breaker=db,member=b,pool=api,state=closed'])
    metrics.stop()
    expect(registry.getMetricsAsArray()).toEqual([])
  })
})

describe('a policy that a listener stops watching', () => {
  it('is not counted any more, not even for the event of that listener', async () => {
    const breaker = circuitBreaker({ name: 'db' })
    const pool = failoverPool(['a'], { name: 'api', clock: virtualClock(), guard: () => circuitBreaker() })
    const { registry, metrics } = exported([])
    const watching = [breaker, pool].map((policy) => metrics.watch(policy))
    breaker.on('isolate', () => watching[0]?.stop())
    pool.on('membersChanged', () => watching[1]?.stop())
    breaker.isolate()
    pool.add('b')

    const left = [...(await scrape(registry)).keys()].filter((series) => !series.includes('exporter'))
    expect(left).toEqual([])
  })
})
