import { throttle } from 'holdfast'
import { holdfastMetrics } from 'holdfast/prometheus'
import { Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { ended } from '../composition/deferred.ts'

describe('the metrics of a throttle', () => {
  it('are its probability and its rejections', async () => {
    const registry = new Registry()
    const policy = throttle({ name: 'search', minimumCalls: 1, random: () => 0 })
    const metrics = holdfastMetrics({ registry, policies: [policy] })
    for (let i = 0; i < 3; i++) await ended(policy.execute(() => Promise.reject({ status: 503 })))
    const text = await registry.metrics()
    metrics.stop()
    expect(text).toMatch(/holdfast_throttle_rejections_total\{[^}]*policy="search"[^}]*\} 2/)
    expect(text).toMatch(/holdfast_throttle_probability(_ratio)?\{[^}]*policy="search"[^}]*\} 0\.75/)
  })
})
