/**
 * Each entry of the package in use: what its exports make is made, called, and closed again.
 *
 * A module that changes what it exports once it runs is found only by what loads it later, so `pack-check` uses all entries
 * but one before it loads that one.
 */
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const fails = async () => {
  throw new Error('connection refused')
}
const quietly = (promise) => promise.catch(() => {})

/** A tracker that has watched a policy, with a probe, a system and an objective. */
async function tracked({ availabilityTracker, component, series }, watched) {
  const tracker = availabilityTracker()
  if (watched !== undefined) tracker.watch(watched)
  tracker.probe('database', async () => {}, { every: '1h' })
  tracker.system('shop', series(component('database'), component('search')))
  tracker.component('search').up()
  tracker.objective({ name: 'shop', target: 0.99, period: '30d', indicator: { kind: 'time', component: 'shop' } })
  return tracker
}

/** A tracker of the core that knows one component. */
async function coreTracker(load) {
  const { availabilityTracker } = await load('./availability/core')
  const tracker = availabilityTracker()
  tracker.component('stock').up()
  return tracker
}

async function served(handle, ask) {
  const server = createServer(handle).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    await ask(`http://127.0.0.1:${server.address().port}`)
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

/** What to do with the exports of an entry; `load` gives those of another one. */
export const uses = {
  '.': async (all) => {
    const chain = all.pipeline('use', all.retry({ retries: 1, backoff: 1 }), all.circuitBreaker(), all.timeout('1s'))
    await chain.execute(async () => 1)
    await quietly(chain.execute(fails))
    const tracker = await tracked(all, chain)
    tracker.report({ component: 'use', window: '1h' })
    tracker.close()
  },
  './pipeline': async ({ pipeline, policy, protect }) => {
    const custom = policy('custom', (_call, next) => next())
    await pipeline('use', custom).execute(async () => 1)
    await protect(async () => 1, custom)()
    pipeline(custom).explain()
  },
  './retry': async ({ retry, ...backoffs }) => {
    const { constant, delays, exponential, linear } = backoffs
    for (const backoff of [constant(1), delays([1]), exponential({ base: 1 }), linear({ base: 1 })]) {
      await quietly(retry({ retries: 1, backoff }).execute(fails))
    }
  },
  './retry-budget': async ({ retryBudget }) => {
    for (const make of Object.values(retryBudget)) {
      const budget = make()
      budget.deposit()
      budget.tryWithdraw()?.release()
      budget.snapshot()
    }
  },
  './circuit-breaker': async ({ circuitBreaker }) => {
    const breaker = circuitBreaker({ consecutiveFailures: 1, failureRate: 0.5, slowCallRate: 0.5, slowCallAfter: '1s' })
    await breaker.execute(async () => 1)
    await quietly(breaker.execute(fails))
    await quietly(breaker.execute(fails))
    breaker.isolate().release()
    breaker.snapshot()
  },
  './bulkhead': async ({ bulkhead }) => {
    const slots = bulkhead({ limit: 1, queue: 1, maxWait: '1s' })
    await Promise.allSettled([1, 2, 3].map(() => slots.execute(async () => 1)))
  },
  './hedge': async ({ hedge, HedgeLost }) => {
    const quick = hedge({ after: 1, budget: Number.POSITIVE_INFINITY })
    const aborted = new Promise((resolve) => {
      let first = true
      const work = ({ signal }) => {
        if (!first) return 1
        first = false
        return new Promise(() => signal.addEventListener('abort', () => resolve(signal.reason)))
      }
      quick.execute(work)
    })
    if (!((await aborted) instanceof HedgeLost)) throw new Error('the first attempt must lose')
    quick.snapshot()
  },
  './throttle': async ({ throttle }) => {
    const gentle = throttle({ minimumCalls: 1, floor: 0 })
    for (let i = 0; i < 5; i++) await quietly(gentle.execute(async () => Promise.reject({ status: 503 })))
    gentle.snapshot()
  },
  './rate-limiter': async ({ rateLimiter }) => {
    const limiter = rateLimiter({ limit: 1, per: 5, maxWait: 5 })
    await Promise.allSettled([1, 2, 3].map(() => limiter.execute(async () => 1)))
    limiter.snapshot()
  },
  './adaptive-limiter': async ({ adaptiveLimiter }) => {
    const limiter = adaptiveLimiter({ initial: 1, queue: 1, priority: 'level' })
    await Promise.allSettled([1, 2, 3].map(() => limiter.execute(async () => 1)))
    limiter.snapshot()
  },
  './timeout': async ({ timeout }) => {
    await quietly(timeout(5).execute(() => new Promise((resolve) => setTimeout(resolve, 20))))
  },
  './chaos': async ({ chaos }) => {
    for (const options of [{}, { value: 1 }, { latency: 1 }, { behavior: () => {} }]) {
      await quietly(chaos({ enabled: true, rate: 1, seed: 1, ...options }).execute(async () => 1))
    }
  },
  './keyed': async ({ keyed }) => {
    const { timeout } = await import('holdfast/timeout')
    const hosts = keyed(() => timeout('1s'), { max: 1, idle: '1s', overflow: 'reject' })
    await Promise.allSettled(['a', 'b', 'c'].map((key) => hosts.execute(async () => key, { key })))
    hosts.delete('c')
  },
  './fallback': async ({ fallback }) => {
    await fallback({ value: ({ error }) => error.message }).execute(fails)
  },
  './cache': async ({ cache }) => {
    const kept = cache({ ttl: '1s', maxEntries: 2 })
    for (const key of ['a', 'b', 'c', 'c']) await kept.execute(async () => key, { key })
    if (kept.snapshot().hits !== 1 || kept.size > 2) throw new Error('the cache must keep what was used last')
  },
  './standard': async ({ standard }) => {
    const stock = standard({ name: 'stock', fallback: { value: 'none' } })
    if ((await stock.execute(fails)) !== 'none') throw new Error('the fallback must give the value')
    stock.explain()
  },
  './single-flight': async ({ singleFlight }) => {
    const once = singleFlight({ maxAge: '1s' })
    await Promise.all([1, 2].map(() => once.execute(async () => 1, { key: 'k' })))
  },
  './failover': async ({ failoverPool, ...rest }) => {
    const { consistentHash, ketama, maglev, random, sticky, subset, tiers, zones } = rest
    const tables = [ketama(), maglev()].map((table) => consistentHash({ table }))
    const around = [
      sticky(random()),
      subset(random(), { size: 2, client: 'c' }),
      tiers(random()),
      zones(random(), { zone: 'a' }),
    ]
    const { polled, readLoadReport, rendezvous, ...selections } = rest
    for (const plain of [ketama, maglev, sticky, subset, tiers, zones]) delete selections[plain.name]
    for (const selection of [...tables, ...around, ...Object.values(selections).map((make) => make())]) {
      const pool = failoverPool(
        [
          { target: 'a', zone: 'a' },
          { target: 'b', zone: 'b', priority: 1 },
        ],
        { selection, attempts: 2 },
      )
      await pool.execute(async () => 1, { key: 'k' })
      await quietly(pool.execute(fails, { key: 'k' }))
      pool.add({ target: 'c', zone: 'a' })
      await pool.execute(async () => 1, { key: 'k' })
      pool.close()
    }
  },
  './availability': async (room) => {
    const { fleetTimeline, mcr, userUptime } = room
    const tracker = await tracked(room)
    tracker.report({ component: 'search', window: '1h' })
    fleetTimeline([tracker.exportTimeline('search', { observer: 'a' })])
    tracker.close()
    userUptime().record('user', true)
    mcr([{ good: 1, bad: 1 }], 1)
  },
  './availability/core': async ({ availabilityTracker }) => {
    const tracker = availabilityTracker()
    tracker.component('stock').down({ reason: 'out' })
    tracker.report({ window: '1h' })
    tracker.close()
  },
  './availability/maintenance': async ({ maintenance }, load) => {
    const tracker = await coreTracker(load)
    maintenance(tracker, 'stock', { from: '02:00', to: '03:00' })
    tracker.close()
  },
  './availability/probe': async ({ probe }, load) => {
    const tracker = await coreTracker(load)
    probe(tracker, 'stock', async () => {}, { every: '1h' })
    tracker.close()
  },
  './availability/report': async ({ explainReport, formatReport, fullReport }, load) => {
    const tracker = await coreTracker(load)
    formatReport(fullReport(tracker), 'text')
    explainReport(fullReport(tracker))
    tracker.close()
  },
  './availability/snapshot': async ({ restore, snapshot }, load) => {
    const tracker = await coreTracker(load)
    const { availabilityTracker } = await load('./availability/core')
    restore(availabilityTracker(), snapshot(tracker))
    tracker.close()
  },
  './availability/status': async ({ componentState, statuses }, load) => {
    const tracker = await coreTracker(load)
    componentState(tracker, 'stock')
    statuses(tracker)
    tracker.close()
  },
  './availability/store': async ({ persist }, load) => {
    const { availabilityTracker } = await load('./availability/core')
    const { fileStore } = await load('./file')
    const directory = mkdtempSync(join(tmpdir(), 'holdfast-use-'))
    const tracker = availabilityTracker()
    const persisting = persist(tracker, fileStore(join(directory, 'history.log')))
    tracker.component('stock').up()
    tracker.close()
    await persisting.closed
    rmSync(directory, { recursive: true })
  },
  './availability/system': async ({ system }, load) => {
    const { component, series } = await load('./reliability')
    const tracker = await coreTracker(load)
    system(tracker, 'shop', series(component('stock')))
    tracker.close()
  },
  './reliability': async ({ component, series }) => {
    series(component('database'), component('search'))
  },
  './deadline-budget': async ({ deadlineBudget }) => {
    const budget = deadlineBudget({ reserve: '1s' })
    for (let i = 0; i < 5; i++) await quietly(budget.execute(async () => 1, { deadline: 5 }))
    if (budget.snapshot().refused !== 1) throw new Error('one of five must be refused')
  },
  './context': async ({ currentCall, detached, readDeadline, runWithCall, writeDeadline }, load) => {
    const { pipeline } = await load('./pipeline')
    const chain = pipeline({ name: 'use', inherit: true })
    const sent = await runWithCall({ deadline: '1s', key: 'k' }, () =>
      chain.execute(({ key }) => writeDeadline({ key }, currentCall(), { as: 'grpc-timeout' })),
    )
    if (sent.key !== 'k' || !(readDeadline(sent) <= 1000)) throw new Error('the call must inherit key and deadline')
    if (detached(currentCall) !== undefined) throw new Error('there is no call here')
  },
  './user-uptime': async ({ mcr }) => {
    mcr([{ good: 1, bad: 0 }], 1)
  },
  './fleet': async ({ exportTimeline }, load) => {
    const tracker = await coreTracker(load)
    exportTimeline(tracker, 'stock', { observer: 'a' })
    tracker.close()
  },
  './objectives': async ({ objective, objectives }, load) => {
    const tracker = await coreTracker(load)
    objective(tracker, { name: 'stock', target: 0.99, period: '30d', indicator: { kind: 'time', component: 'stock' } })
    objectives(tracker)
    tracker.close()
  },
  './testing': async ({ recorder, scripted, seededRandom, virtualClock }, load) => {
    const { retry } = await load('./retry')
    const clock = virtualClock()
    const policy = retry({ retries: 1, clock, random: seededRandom(1) })
    recorder(policy)
    await clock.settle(policy.execute(scripted(new Error('no'), 1)))
  },
  './http': async ({ httpMembers }, load) => {
    const { failoverPool } = await load('./failover')
    await served(
      (_request, response) => response.end('["a"]'),
      async (url) => {
        const pool = failoverPool(httpMembers(url, { every: '1h' }))
        await pool.ready()
        pool.close()
      },
    )
  },
  './dashboard': async ({ dashboard }, load) => {
    const { retry } = await load('./retry')
    const board = dashboard({ policies: [retry()] })
    await served(board.handler, async (url) => (await fetch(url)).text())
    board.close()
  },
  './dns': async ({ dnsMembers, srvMembers }, load) => {
    const { failoverPool } = await load('./failover')
    const resolver = {
      resolve4: async () => [{ address: '127.0.0.1', ttl: 60 }],
      resolve6: async () => [],
      resolveSrv: async () => [{ name: 'a.invalid', port: 1, priority: 1, weight: 1 }],
    }
    for (const source of [
      dnsMembers('a.invalid', { port: 1, resolver }),
      srvMembers('_a._tcp.invalid', { resolver }),
    ]) {
      const pool = failoverPool(source)
      await pool.ready()
      pool.close()
    }
  },
  './file': async ({ fileMembers, fileStore }, load) => {
    const [{ failoverPool }, { availabilityTracker }] = await Promise.all(['./failover', './availability'].map(load))
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-use-'))
    writeFileSync(join(folder, 'members.json'), '["a"]')
    const pool = failoverPool(fileMembers(join(folder, 'members.json')))
    await pool.ready()
    const tracker = availabilityTracker({ store: fileStore(join(folder, 'history.log')) })
    await tracker.ready()
    tracker.component('a').up()
    tracker.close()
    await tracker.closed
    pool.close()
    rmSync(folder, { recursive: true })
  },
  './diagnostics': async ({ publishDiagnostics }, load) => {
    const { retry } = await load('./retry')
    publishDiagnostics({ policies: [retry()] }).stop()
  },
  './haproxy': async ({ agentLine, haproxyAgent }) => {
    agentLine({ health: 'up' })
    const agent = haproxyAgent({ port: 0 })
    await agent.listen()
    await agent.close()
  },
  './health': async ({ healthEndpoints }) => {
    const health = healthEndpoints({ checks: { database: async () => {} } })
    await served(health.ready, async (url) => (await fetch(url)).text())
  },
  './nginx': async ({ healthAnswer, upstreamBlock }) => {
    await served(healthAnswer(), async (url) => (await fetch(url)).text())
    upstreamBlock({ upstream: 'api', servers: [{ target: '127.0.0.1:80' }] })
  },
  './opentelemetry': async ({ holdfastTelemetry }, load) => {
    const [{ retry }, { metrics, trace }] = [await load('./retry'), await load('@opentelemetry/api')]
    holdfastTelemetry({ meter: metrics.getMeter('use'), tracer: trace.getTracer('use'), policies: [retry()] }).stop()
  },
  './prometheus': async ({ holdfastMetrics }, load) => {
    const [{ retry }, { Registry }] = [await load('./retry'), await load('prom-client')]
    const registry = new Registry()
    holdfastMetrics({ registry, policies: [retry()] })
    await registry.metrics()
  },
  './zookeeper': async ({ zookeeperMembers }, load) => {
    const { failoverPool } = await load('./failover')
    failoverPool(zookeeperMembers({ connect: '127.0.0.1:1', path: '/services' })).close()
  },
}
