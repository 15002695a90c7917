import { singleFlight } from 'holdfast'
import { holdfastMetrics } from 'holdfast/prometheus'
import { Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { ended } from '../composition/deferred.ts'

describe('the metrics of a singleFlight', () => {
  it('are its keys, and how many calls led, joined, and were all given up', async () => {
    const registry = new Registry()
    const policy = singleFlight({ name: 'prices' })
    const metrics = holdfastMetrics({ registry, policies: [policy] })
    const key = 'sku/1'
    await Promise.all([1, 2, 3].map(() => policy.execute(async () => 1, { key })))
    const controller = new AbortController()
    const left = ended(policy.execute(() => new Promise(() => {}), { key, signal: controller.signal }))
    controller.abort()
    await left
    policy.execute(() => new Promise(() => {}), { key })
    const text = await registry.metrics()
    metrics.stop()
    const shown = ['keys', 'flights_total', 'joins_total', 'abandons_total'].map((name) =>
      Number(text.match(new RegExp(`holdfast_single_flight_${name}\\{[^}]*policy="prices"[^}]*\\} (\\d+)`))?.[1]),
    )
    expect(shown).toEqual([1, 3, 2, 1])
  })
})
