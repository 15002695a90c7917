/** What a registry says, as numbers by series. */
import type { MetricRegistry } from 'holdfast/prometheus'

/** The samples of a scrape, by `name{label="value"}` with the labels sorted. */
export async function scrape(registry: MetricRegistry): Promise<ReadonlyMap<string, number>> {
  const samples = new Map<string, number>()
  for (const line of (await registry.metrics()).split('\n')) {
    const [, name, labels = '', value] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    if (name === undefined) continue
    const sorted = labels.match(/[a-z_]+="(?:[^"\\]|\\.)*"/g)?.sort() ?? []
    samples.set(sorted.length === 0 ? name : `${name}{${sorted.join(',')}}`, Number(value))
  }
  return samples
}

/** Those of one metric, without its prefix, by their labels. */
export async function of(registry: MetricRegistry, name: string): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  for (const [series, value] of await scrape(registry)) {
    const [own = '', labels = ''] = series.split(/(?=\{)/)
    if (own === `holdfast_${name}`) found[labels.slice(1, -1).replaceAll('"', '')] = value
  }
  return found
}
