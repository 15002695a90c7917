import { describe, expect, it } from 'vitest'
import { open } from '../client.ts'
import { day, minute, morning, watched } from '../tracked.ts'

describe('objectives', () => {
  it('have the values of their reports', async () => {
    const { clock, tracker, board } = watched()
    const objective = tracker.objective({
      name: 'slo',
      target: 0.99,
      period: { calendar: 'day' },
      indicator: { kind: 'requests', component: 'db' },
    })
    objective.good(980)
    objective.bad(20)
    await clock.advance(minute)

    const { facts } = await open(board)

    const { period, burnRate, tiers, exhaustionIn, errorBudget, coverage } = objective.report()
    expect(facts.get('objective:slo')).toEqual({
      kind: 'objective',
      name: 'slo',
      pace: 1,
      target: 0.99,
      period: { from: period.fromAt, to: period.toAt, calendar: 'day' },
      unit: 'requests',
      sli: 0.98,
      coverage: Math.round(coverage * 1000) / 1000,
      remaining: Math.round((errorBudget.remaining as number) * 1e4) / 1e4,
      burnRate: Number(burnRate?.toPrecision(3)),
      exhaustionIn: Number(exhaustionIn?.toPrecision(3)),
      tiers: tiers.map(({ name, severity, factor, firing }) => ({ name, severity, factor, firing })),
    })
  })

  it('of a rolling period move once a minute, and disappear when they are stopped', async () => {
    const { clock, tracker, board } = watched()
    const objective = tracker.objective({ name: 'slo', target: 0.9, period: '30d', indicator: { kind: 'requests' } })
    const stream = await open(board)
    expect(stream.facts.get('objective:slo')).toMatchObject({
      period: { from: morning - 30 * day, to: morning },
      sli: null,
      remaining: null,
      burnRate: null,
    })
    await clock.advance('39s')
    expect((await stream.frames()).filter(({ set }) => set !== undefined)).toEqual([])
    await clock.advance('25s')
    expect((await stream.frames()).filter(({ set }) => set !== undefined)).toHaveLength(1)
    objective.stop()
    await clock.advance('500ms')

    expect(await stream.frames()).toEqual([{ at: clock.wall(), removed: ['objective:slo'] }])
  })

  it('stay as they were if one fails, and the others go on', async () => {
    const faults: string[] = []
    const { clock, tracker, board } = watched({ onFault: ({ source }) => faults.push(source) })
    const options = { target: 0.9, period: '1d', indicator: { kind: 'requests' } } as const
    const [one, two] = ['one', 'two'].map((name) => tracker.objective({ ...options, name }))
    const stream = await open(board)
    const broken = (): never => {
      throw new Error('broken')
    }
    Object.assign(one as object, { report: broken })
    Object.assign(tracker.objective({ ...options, name: 'three' }), { report: broken })
    two?.good()
    await clock.advance('3s')
    await stream.frames()

    expect(new Set(faults)).toEqual(new Set(['objectives']))
    expect(stream.facts.get('objective:one')).toMatchObject({ sli: null })
    expect(stream.facts.get('objective:two')).toMatchObject({ sli: 1 })
    expect(stream.facts.has('objective:three')).toBe(false)
  })
})
