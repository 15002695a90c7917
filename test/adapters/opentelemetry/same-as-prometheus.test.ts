/** The two exporters over the same policies and tracker export the same, by OpenTelemetry's own rules. */
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { DataPointType, type MetricData, type ResourceMetrics } from '@opentelemetry/sdk-metrics'
import {
  adaptiveLimiter,
  availabilityTracker,
  bulkhead,
  cache,
  chaos,
  circuitBreaker,
  deadlineBudget,
  failoverPool,
  fallback,
  hedge,
  keyed,
  ordered,
  pipeline,
  rateLimiter,
  retry,
  singleFlight,
  throttle,
  timeout,
} from 'holdfast'
import { holdfastTelemetry } from 'holdfast/opentelemetry'
import { holdfastMetrics } from 'holdfast/prometheus'
import { scripted, virtualClock } from 'holdfast/testing'
import { Registry } from 'prom-client'
import { expect, it } from 'vitest'
import { page } from '../../support/tables.ts'
import { UndescribedPolicy } from '../../support/undescribed-policy.ts'
import { Readings } from './readings.ts'

const fail = async (): Promise<never> => {
  throw new Error('down')
}

/** One policy of each kind, and a tracker, all with values to show. */
function everything() {
  const clock = virtualClock({ wall: 1_700_000_000_000 })
  const stock = pipeline(
    { name: 'stock', clock },
    fallback({ value: 0, when: () => false }),
    timeout('3s'),
    retry({ retries: 1, backoff: '20ms' }),
    bulkhead({ limit: 2, queue: 1 }),
    circuitBreaker({ name: 'db', consecutiveFailures: 3, openFor: '10s' }),
    timeout('800ms'),
  )
  const saved = pipeline({ name: 'saved', clock }, fallback({ value: 0 }))
  const pool = failoverPool(['a', 'b'], {
    name: 'api',
    clock,
    selection: ordered(),
    guard: () => pipeline(circuitBreaker({ consecutiveFailures: 1 }), retry(0)),
    outlier: { consecutiveFailures: 2 },
  })
  const limiter = adaptiveLimiter({ initial: 1, max: 1, queue: 1, window: { every: 1, samples: 1 }, clock })
  const shielded = pipeline(
    { name: 'shielded', clock, random: () => 0 },
    rateLimiter({ limit: 1, per: '1s', maxWait: '1s' }),
    limiter,
    throttle({ minimumCalls: 1 }),
    deadlineBudget({ reserve: 5 }),
    chaos({ enabled: true, rate: 1, fault: () => Object.assign(new Error('refused'), { status: 429 }) }),
  )
  const shared = pipeline({ name: 'shared', clock }, singleFlight())
  const kept = pipeline(
    { name: 'kept', clock },
    cache({ ttl: 10, staleWhileRevalidate: 10, staleIfError: 50, maxEntries: 1 }),
  )
  const tenants = keyed(() => timeout('1s'), { clock })
  const reads = hedge({ name: 'reads', after: 50, budget: Number.POSITIVE_INFINITY, clock })
  const tracker = availabilityTracker({ clock })
  for (const policy of [stock, pool]) tracker.watch(policy)
  tracker.objective({ name: 'slo', target: 0.99, period: '30d', indicator: { kind: 'requests', policy: stock } })
  tracker.objective({ name: 'time', target: 0.9, period: '1h', indicator: { kind: 'time', component: 'stock' } })
  const shedder = new UndescribedPolicy()
  const policies = [stock, saved, pool, shielded, shared, kept, tenants, shedder, reads]
  const gates: ((value: number) => void)[] = []
  const use = async () => {
    await stock.execute(() => 1)
    shedder.shed()
    await clock.settle(reads.execute(scripted({ after: 500, value: 1, clock }, { after: 10, value: 1, clock })))
    await clock.settle(reads.execute(scripted({ after: 500, value: 1, clock }), { idempotent: false }))
    await tenants.execute(() => 1, { key: 'one' })
    await Promise.all([1, 2].map(() => shared.execute(() => 1, { key: 'one' })))
    for (const key of ['one', 'two', 'two']) await kept.execute(() => 1, { key })
    await clock.advance(10)
    await kept.execute(fail, { key: 'two' })
    await clock.advance(10)
    await kept.execute(fail, { key: 'two' })
    const controller = new AbortController()
    const left = shared.execute(() => new Promise(() => {}), { key: 'two', signal: controller.signal }).catch(() => {})
    controller.abort()
    await left
    shared.execute(() => new Promise(() => {}), { key: 'three' }).catch(() => {})
    await Promise.allSettled([1, 2, 3].map(() => limiter.execute(() => clock.advance('5ms'))))
    for (let call = 0; call < 4; call++) await clock.settle(shielded.execute(() => 1).catch(() => {}))
    await Promise.allSettled([0, 1, 2, 3, 4, 5].map(() => clock.settle(shielded.execute(() => 1).catch(() => {}))))
    clock.stepWall(-5000)
    for (let call = 0; call < 5; call++) {
      await clock.settle(stock.execute(fail).catch(() => {}))
      await pool.execute(({ target }) => (target === 'a' ? fail() : target))
      await clock.advance('7s')
    }
    await saved.execute(fail)
    await clock.advance('10s')
    await stock.execute(() => 1)
    const slow = Array.from({ length: 3 }, () => stock.execute(() => new Promise((done) => gates.push(done))))
    await clock.advance('100ms')
    for (let gate = gates.pop(); gate !== undefined; gate = gates.pop()) gate(1)
    await clock.advance(0)
    for (const gate of gates) gate(1)
    await Promise.all(slow)
    for (let call = 0; call < 5; call++) stock.execute(() => new Promise(() => {})).catch(() => {})
    await clock.advance('500ms')
    const late = tracker.component('late')
    late.up()
    await clock.advance('1m')
    late.down()
    await clock.advance('90s')
    late.up()
    await clock.advance('1m')
  }
  return { clock, tracker, policies, use }
}

/** By the standard conversion: the unit as a word at the end, which the serializer leaves out. */
function withUnit({ descriptor, ...metric }: MetricData): MetricData {
  const gauge = metric.dataPointType === DataPointType.GAUGE
  const suffix = descriptor.unit === 's' ? '_seconds' : descriptor.unit === '1' && gauge ? '_ratio' : ''
  return { ...metric, descriptor: { ...descriptor, name: descriptor.name + suffix } } as MetricData
}

/** Text as OpenTelemetry's exporter to Prometheus writes it. */
function converted({ resource, scopeMetrics }: ResourceMetrics): string {
  const named = scopeMetrics.map(({ scope, metrics }) => ({ scope, metrics: metrics.map(withUnit) }))
  return new PrometheusSerializer(undefined, false, undefined, true, true).serialize({ resource, scopeMetrics: named })
}

interface Rule {
  readonly action: string
  readonly regex: RegExp
}

/** The rules that the page gives for scrapes through OpenTelemetry. */
const rules: readonly Rule[] = [
  ...page('docs/adapters/opentelemetry.md').matchAll(/\{ action: (\w+), regex: '([^']+)'(?:, replacement: '\$1')? \}/g),
].map(([, action = '', regex = '']) => ({ action, regex: new RegExp(`^${regex}$`) }))

/** As Prometheus does it. */
function relabelled(labels: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const made = new Map(labels)
  for (const { action, regex } of rules) {
    for (const [label, value] of [...made]) {
      const short = regex.exec(label)
      if (short === null) continue
      if (action === 'labelmap') made.set(short[1] as string, value)
      else made.delete(label)
    }
  }
  return made
}

/** Series and types of a scrape, as lines. */
function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .flatMap((line) => {
      if (line.startsWith('# TYPE')) return line
      const [, name, list = '', value] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
      if (name === undefined) return []
      const labels = [...list.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(
        ([, label = '', of = '']) => [label, of] as const,
      )
      const sorted = [...relabelled(new Map(labels))].map(([label, of]) => `${label}="${of}"`).sort()
      return `${name}{${sorted.join(',')}} ${value}`
    })
    .sort()
}

/** Only metrics that have series: prom-client shows the type of the others too. */
function withSeries(lines: readonly string[]): readonly string[] {
  const names = new Set(lines.map((line) => line.replace(/(_bucket|_sum|_count)?\{.*/, '')))
  return lines.filter((line) => !line.startsWith('# TYPE') || names.has(line.split(' ')[2] as string))
}

it('both exporters have the same names, types, labels and values', async () => {
  const { tracker, policies, use } = everything()
  const registry = new Registry()
  const readings = new Readings()
  holdfastMetrics({ registry, tracker, policies, callDuration: true })
  holdfastTelemetry({ meter: readings.meter, tracker, policies, callDuration: true })
  await use()
  const scraped = withSeries(linesOf(await registry.metrics()))
  const read = linesOf(converted(await readings.read()))

  expect(read).toEqual(scraped)
  expect(scraped.length).toBeGreaterThan(400)
  const idle = (await registry.getMetricsAsJSON()).filter(({ values }) => values.length === 0).map(({ name }) => name)
  expect(idle).toEqual([])
  expect(rules.map(({ action }) => action)).toContain('labeldrop')
})
