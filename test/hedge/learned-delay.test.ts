import { readFileSync } from 'node:fs'
import { hedge } from 'holdfast'
import { recorder, seededRandom, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { MovingQuantile } from '../../src/stats/moving-quantile.ts'
import { ended } from '../composition/deferred.ts'
import { steppedClock } from '../rate-limiter/stepped-clock.ts'
import { later, slowWork, unbounded } from './slow-work.ts'

interface Row {
  readonly feed: string
  readonly extraLoad: number
}
const feed: { readonly rows: readonly Row[] } = JSON.parse(
  readFileSync(new URL('../data/policies/hedge-quantile-feed.json', import.meta.url), 'utf8'),
)

describe('a learned delay', () => {
  it('is unknown until enough calls have succeeded, and no hedge starts before', async () => {
    const clock = virtualClock()
    const policy = hedge({ after: { samples: 3 }, budget: unbounded, clock })
    const log = recorder(policy)
    for (const ms of [10, 20]) await clock.settle(policy.execute(() => later(clock, ms)))
    expect(policy.delay).toBe(undefined)
    await ended(policy.execute(() => Promise.reject(new Error('no sample'))))
    expect(policy.delay).toBe(undefined)
    const work = slowWork(clock, { after: 30, value: 1 })
    await clock.settle(policy.execute(work))
    expect(work.calls).toHaveLength(1)
    expect(log.of('deny').map(({ reason }) => reason)).toEqual(['samples', 'samples', 'samples', 'samples'])
    expect(policy.delay).toBe(11)
  })

  it('is the initial one before, and never shorter than the least', async () => {
    const clock = virtualClock()
    const policy = hedge({ after: { initial: '40ms', min: '5ms', samples: 1 }, budget: unbounded, clock })
    expect(policy.delay).toBe(40)
    const work = slowWork(clock, { after: 90, value: 1 })
    await clock.settle(policy.execute(work))
    expect(work.startedAt).toEqual([0, 40])
    const quick = hedge({ after: { min: '5ms', samples: 1 }, budget: unbounded, clock })
    await quick.execute(() => 1)
    expect(quick.delay).toBe(5)
  })

  it('gets one sample a call, from the start of the call to its end, also where a hedge has won', async () => {
    const clock = virtualClock()
    const policy = hedge({ after: { initial: 50, samples: 1 }, budget: unbounded, clock })
    await clock.settle(policy.execute(slowWork(clock, { after: 500 }, { after: 20, value: 1 })))
    expect(policy.delay).toBe(70)
  })

  it('counts a latency below 0, of a clock that was set back, as 0', async () => {
    const clock = steppedClock()
    clock.time = 100
    const policy = hedge({ after: { samples: 1, min: 0 }, budget: unbounded, clock })
    await policy.execute(() => {
      clock.time = 0
    })
    expect(policy.delay).toBe(0)
  })

  it('hedges 1 - q of the calls, and a delay fed by winners alone would hedge more', async () => {
    const random = seededRandom(5)
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    const latency = (): number => (random() < 0.03 ? 200 + 800 * random() : 20 * Math.exp(0.4 * normal()))
    const load = (fedByWinners: boolean): number => {
      const moving = new MovingQuantile(0.95)
      let extra = 0
      const calls = 60_000
      for (let i = 0; i < calls; i++) {
        const first = latency()
        const delay = moving.estimate
        if (first <= delay || i < 1000) {
          moving.add(first)
          continue
        }
        extra++
        const hedge = latency()
        moving.add(fedByWinners ? (first <= delay + hedge ? first : hedge) : Math.min(first, delay + hedge))
      }
      return extra / calls
    }
    const rowOf = (name: string): number => feed.rows.find((row) => row.feed === name)?.extraLoad as number
    expect(load(false)).toBeCloseTo(rowOf('superseded'), 2)
    expect(load(true)).toBeGreaterThan(rowOf('winners') - 0.01)
  })

  it('does so in a hedge', async () => {
    const clock = virtualClock()
    const random = seededRandom(2)
    const policy = hedge({ budget: unbounded, clock })
    const read = () => later(clock, random() < 0.05 ? 300 + Math.round(100 * random()) : 10 + Math.round(20 * random()))
    const latencies: number[] = []
    for (let i = 0; i < 2000; i++) {
      const start = clock.now()
      await clock.settle(policy.execute(read))
      latencies.push(clock.now() - start)
    }
    const { sent } = policy.snapshot()
    expect(sent / 2000).toBeGreaterThan(0.03)
    expect(sent / 2000).toBeLessThan(0.07)
    latencies.sort((a, b) => a - b)
    expect(latencies[1980]).toBeLessThan(150)
  })

  it('finds its way back after an outage', () => {
    for (const noise of [0, 1, 5]) {
      const random = seededRandom(3)
      const latency = new MovingQuantile(0.95)
      const feedWith = (ms: number, calls: number) => {
        for (let i = 0; i < calls; i++) latency.add(ms + noise * random())
      }
      feedWith(10, 200)
      feedWith(5000, 20)
      expect(latency.estimate).toBeGreaterThan(3000)
      feedWith(10, 2000)
      expect(latency.estimate).toBeLessThan(25)
    }
  })
})
