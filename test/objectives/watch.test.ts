import { availabilityTracker } from 'holdfast/availability'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it, vi } from 'vitest'
import { engine } from './engine.ts'

const minute = 60_000
const hour = 60 * minute

describe('the evaluation of tiers', () => {
  it('has one timer for all, only while `burn` has a listener', async () => {
    const { clock, tracker, objective } = engine()
    const listener = (): void => {}
    expect(clock.pending).toBe(1)
    tracker.off('burn')
    expect(clock.pending).toBe(0)
    tracker.on('burn', listener)
    tracker.objective({ name: 'other', target: 0.9, period: '1d', indicator: { kind: 'requests' } })
    await clock.advance('5m')
    expect(clock.pending).toBe(1)
    objective.stop()
    expect(clock.pending).toBe(1)
    tracker.close()
    expect(clock.pending).toBe(0)
    await clock.advance('5m')
    expect(clock.pending).toBe(0)
    tracker.off('burn', listener)
    expect(clock.pending).toBe(0)
  })

  it('has no timer before there is an objective with tiers', () => {
    const clock = virtualClock()
    const tracker = availabilityTracker({ clock }).on('burn', () => {})
    expect(clock.pending).toBe(0)
    tracker.objective({ name: 'a', target: 0.9, period: '1d', indicator: { kind: 'requests' }, tiers: [] })

    expect(clock.pending).toBe(0)
  })

  it('runs without a listener when requests come', async () => {
    const { clock, tracker, objective, traffic } = engine()
    tracker.off('burn')
    await traffic(hour)
    await traffic(5 * minute, 1)
    const { tiers } = objective.report()

    expect(tiers[0]).toMatchObject({ name: 'page-fast', firing: true })
    expect(tiers[0]?.since).toBeLessThan(clock.now() - 3 * minute)
    expect(clock.pending).toBe(0)
  })

  it('starts no tier before its share of the budget is spent, also right after the start', async () => {
    const [short, long] = [engine(), engine()]
    await short.traffic(40_000, 1)
    await short.traffic(hour)
    await long.traffic(80_000, 1)
    await long.traffic(hour)

    expect(short.alerts).toEqual([])
    expect(long.alerts[0]).toMatchObject({ tier: 'page-fast', state: 'start', time: 60_000 })
    expect(1 - (long.alerts[0]?.budgetRemaining as number)).toBeGreaterThan(0.02)
  })

  it('survives a listener and a clock that throw', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    const { clock, tracker, objective, traffic } = engine()
    const faults: unknown[] = []
    tracker.on('burn', () => {
      throw new Error('mine')
    })
    tracker.on('fault', ({ source, error }) => faults.push([source, (error as Error).message]))
    await traffic(hour)
    await traffic(5 * minute, 1)
    expect(faults).toContainEqual(['listener:burn', 'mine'])
    expect(objective.report().tiers[0]?.firing).toBe(true)
    faults.length = 0
    const wall = vi.spyOn(clock, 'wall').mockImplementationOnce(() => {
      throw new Error('broken')
    })
    await clock.advance('10s')
    expect(faults).toEqual([['objective', 'broken']])
    expect(clock.pending).toBe(1)
    wall.mockRestore()
    warn.mockRestore()
  })

  it('can be stopped by a listener', async () => {
    const { clock, tracker, objective, alerts, traffic } = engine()
    tracker.on('burn', () => objective.stop())
    await traffic(hour)
    await traffic(10 * minute, 1)

    expect(alerts.length).toBeGreaterThan(0)
    expect(clock.pending).toBe(0)
    expect(objective.report().good).toBeGreaterThan(0)
  })

  it('emits the start after the time `for`', async () => {
    const tiers = [{ name: 'a', factor: 10, long: '1h', for: '2m', hold: '1m' }] as const
    const { alerts, traffic } = engine({ tiers })
    await traffic(hour)
    await traffic(10 * minute, 1)
    await traffic(10 * minute)

    const [start, end] = alerts
    expect(alerts.map(({ state }) => state)).toEqual(['start', 'end'])
    expect(Math.abs((start?.time as number) - hour - 36_000 - 2 * minute)).toBeLessThanOrEqual(20_000)
    expect(Math.abs((end?.time as number) - hour - 10 * minute - 0.99 * 5 * minute - minute)).toBeLessThanOrEqual(
      20_000,
    )
  })
})
