/** The workers of a cluster behind one address: what prom-client makes of the metrics of several processes. */
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Client } from './support/client.ts'
import { freePort, launch, scratch, until } from './support/system.ts'

// Other tests may keep the machine busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const root = new URL('../../', import.meta.url).pathname
const workers = 3

/** The samples of a scrape, by name and labels; a series that is there twice is an error. */
function samplesOf(text: string): ReadonlyMap<string, number> {
  const samples = new Map<string, number>()
  for (const line of text.split('\n')) {
    const [, series, value] = /^([^#].*) (\S+)$/.exec(line) ?? []
    if (series === undefined) continue
    // Labels in one order, however they were put together.
    const [name, labels = ''] = series.split(/[{}]/)
    const key = labels === '' ? (name as string) : `${name}{${labels.split(',').sort().join(',')}}`
    if (samples.has(key)) throw new Error(`twice: ${key}`)
    samples.set(key, Number(value))
  }
  return samples
}

const namesOf = (samples: ReadonlyMap<string, number>) => new Set([...samples.keys()].map((key) => key.split('{')[0]))

/** What has no sum. A target has none either, but it is the same everywhere. */
const ratio = /(?<!_objective)_ratio$|_mtbf_seconds$|_mttr_seconds$/
const target = 'holdfast_slo_objective_ratio{slo="stock"}'

describe('the metrics of a cluster', () => {
  const folder = scratch()
  const client = new Client()
  let base = ''
  const all = async () => samplesOf(await client.get(`${base}/metrics`))
  const own = async (worker: number, good = 0, bad = 0) =>
    samplesOf(await client.get(`${base}/work?worker=${worker}&good=${good}&bad=${bad}`))

  beforeAll(async () => {
    const port = await freePort()
    base = `http://127.0.0.1:${port}`
    const bundle = join(folder, 'app.mjs')
    await build({
      entryPoints: [`${root}test/systems/cluster/app.ts`],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      format: 'esm',
      // prom-client is CommonJS, and asks for Node's own modules when it runs.
      banner: { js: "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)" },
      logLevel: 'error',
    })
    await launch(process.execPath, [bundle, String(port), String(workers)], {
      ready: () => until(() => client.get(`${base}/metrics`)),
    })
    // One is fine, one has lost what it needs, and one has nothing to do.
    await own(0, 10)
    await own(1, 5, 5)
  })

  afterAll(() => client.close())

  it('are the sum of the workers’ counts, however often they are scraped', async () => {
    for (const samples of [await all(), await all()]) {
      expect(samples.get('holdfast_calls_total{outcome="success",policy="stock"}')).toBe(15)
      expect(samples.get('holdfast_calls_total{outcome="failure",policy="stock"}')).toBe(5)
      // Three failures opened the breaker; the other two calls were refused.
      expect(samples.get('holdfast_call_attempts_total{policy="stock"}')).toBe(18)
      const broken = 'breaker="warehouse"'
      expect(samples.get(`holdfast_circuit_breaker_rejections_total{${broken},pipeline="stock",state="open"}`)).toBe(2)
      expect(samples.get('holdfast_slo_events_total{outcome="bad",slo="stock"}')).toBe(5)
      expect(samples.get('holdfast_bulkhead_execution_limit{pipeline="stock",policy="slots"}')).toBe(7 * workers)
    }
  })

  it('count the workers in each state', async () => {
    const samples = await all()
    const breaker = (state: string) =>
      samples.get(`holdfast_circuit_breaker_status{breaker="warehouse",pipeline="stock",state="${state}"}`)
    const component = (state: string) => samples.get(`holdfast_component_status{component="stock",state="${state}"}`)

    expect({ closed: breaker('closed'), open: breaker('open') }).toEqual({ closed: 2, open: 1 })
    expect(['up', 'down', 'unknown', 'degraded', 'maintenance'].map(component)).toEqual([1, 1, 1, 0, 0])
  })

  it('have every series of every worker once, with its sum, except ratios', async () => {
    const each = [await own(0), await own(1), await own(2)]
    const together = await all()
    expect(together.get(target)).toBe(0.99)
    const expected = new Map<string, number>()
    for (const samples of each) {
      for (const [key, value] of samples) {
        if (ratio.test(key.split('{')[0] as string)) continue
        // The last change of all, where it is an instant.
        const known = expected.get(key)
        const both = /timestamp/.test(key) ? Math.max(known ?? 0, value) : (known ?? 0) + value
        expected.set(key, key === target ? value : both)
      }
    }

    expect([...together.keys()].sort()).toEqual([...expected.keys()].sort())
    for (const [key, value] of together) {
      const more = value - (expected.get(key) as number)
      // Time goes on between the scrapes, and a wall clock is compared anew.
      const slack = /_state_time_seconds_total/.test(key) ? workers * 10 : 0.01
      expect(more, key).toBeGreaterThanOrEqual(-0.01)
      expect(more, key).toBeLessThanOrEqual(slack)
    }
  })

  it('have no ratio, because ratios have no sum', async () => {
    const ratios = [...namesOf(await own(1))].filter((name) => ratio.test(name as string))

    expect(ratios.length).toBeGreaterThan(4)
    const names = namesOf(await all())
    for (const name of ratios) expect(names).not.toContain(name)
  })

  it('are those of the remaining workers', async () => {
    await client.get(`${base}/end?worker=0`)
    const samples = await all()

    expect(samples.get('holdfast_calls_total{outcome="success",policy="stock"}')).toBe(5)
    expect(samples.get('holdfast_component_status{component="stock",state="up"}')).toBe(0)
  })
})
