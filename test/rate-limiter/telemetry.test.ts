import { pipeline, rateLimiter } from 'holdfast'
import { holdfastMetrics } from 'holdfast/prometheus'
import { virtualClock } from 'holdfast/testing'
import { Registry } from 'prom-client'
import { expect, it } from 'vitest'
import { of } from '../adapters/prometheus/scrape.ts'
import { ended } from '../composition/deferred.ts'

it('exports what is available, what waits and what was refused', async () => {
  const clock = virtualClock()
  const registry = new Registry()
  const quota = rateLimiter({ name: 'quota', limit: 2, per: '1s', maxWait: '500ms' })
  const stock = pipeline({ name: 'stock', clock }, quota)
  holdfastMetrics({ registry, policies: [stock] })
  const label = 'pipeline=stock,policy=quota'
  expect(await of(registry, 'rate_limiter_permits_available')).toEqual({ [label]: 2 })
  const calls = [1, 2, 3, 4].map(() => ended(stock.execute(() => 1)))

  expect(await of(registry, 'rate_limiter_permits_available')).toEqual({ [label]: 0 })
  expect(await of(registry, 'rate_limiter_permits_limit')).toEqual({ [label]: 2 })
  expect(await of(registry, 'rate_limiter_queue_length')).toEqual({ [label]: 1 })
  expect(await of(registry, 'rate_limiter_rejections_total')).toEqual({ [label]: 1 })
  await clock.settle(Promise.all(calls))
})
