import { bulkhead, hedge, pipeline } from 'holdfast'
import { holdfastMetrics } from 'holdfast/prometheus'
import { virtualClock } from 'holdfast/testing'
import { Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { slowWork, unbounded } from './slow-work.ts'

describe('the metrics of a hedge', () => {
  it('are its attempts, wins and denials, its delay, and what is pending', async () => {
    const clock = virtualClock()
    const registry = new Registry()
    const policy = hedge({ name: 'reads', after: 50, hedges: 2, budget: unbounded })
    const learning = hedge({ name: 'learning', clock })
    const all = pipeline({ name: 'all', clock }, policy, bulkhead(2))
    const metrics = holdfastMetrics({ registry, policies: [all, learning] })
    await clock.settle(all.execute(slowWork(clock, { after: 500 }, { after: 80, value: 1 })))
    const text = await registry.metrics()
    metrics.stop()
    const sample = (name: string, labels = ''): string | undefined =>
      new RegExp(`^holdfast_hedge_${name}\\{[^}]*policy="reads"[^}]*${labels}[^}]*\\} (.*)$`, 'm').exec(text)?.[1]
    expect(sample('attempts_total')).toBe('2')
    expect([sample('wins_total', 'winner="hedge"'), sample('wins_total', 'winner="first"')]).toEqual(['1', '0'])
    expect([sample('denials_total', 'reason="rejected"'), sample('denials_total', 'reason="budget"')]).toEqual([
      '1',
      '0',
    ])
    expect([sample('delay_seconds'), sample('pending')]).toEqual(['0.05', '0'])
    expect(text).not.toMatch(/holdfast_hedge_delay_seconds\{[^}]*policy="learning"/)
  })
})
