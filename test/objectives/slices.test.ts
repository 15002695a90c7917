import fc from 'fast-check'
import type { ObjectiveOptions, ObjectiveReport } from 'holdfast/objectives'
import { describe, expect, it } from 'vitest'
import { near } from '../support/near.ts'
import { engine } from './engine.ts'
import { vectors } from './vectors.ts'

const minute = 60_000

describe('slices', () => {
  const { target, good, valid, expect: expected } = vectors.nobl9
  const ten = { target, period: '10m', tiers: [] } as const
  const sliced = { kind: 'slices', sliceTarget: 0.95 } as const

  async function fed(indicator: ObjectiveOptions['indicator']): Promise<ObjectiveReport> {
    const { clock, objective } = engine({ ...ten, indicator })
    for (const [index, count] of good.entries()) {
      objective.good(count)
      objective.bad((valid[index] as number) - count)
      await clock.advance('1m')
    }
    return objective.report()
  }

  it('are one of three indicators of the same requests', async () => {
    const occurrences = await fed({ kind: 'requests' })
    near(occurrences.sli, expected['occurrences'] as number)
    near(occurrences.burnRate, expected['occurrencesBudgetBurnt'] as number)
    expect([occurrences.good, occurrences.good + occurrences.bad]).toEqual([expected['goodSum'], expected['validSum']])
    const slices = await fed(sliced)
    near(slices.sli, expected['timeslices'] as number)
    near(slices.burnRate, expected['timeslicesBudgetBurnt'] as number)
    near(slices.errorBudget.remaining, 1 - (expected['timeslicesBudgetBurnt'] as number))
    const ratios = await fed({ kind: 'ratioSlices' })
    near(ratios.sli, expected['ratioTimeslices'] as number)
    near(ratios.burnRate, expected['ratioTimeslicesBudgetBurnt'] as number)
    expect(slices.indicator).toMatchObject({ kind: 'slices', unit: 'slices', slice: minute, sliceTarget: 0.95 })
  })

  it('allow a number of bad minutes in two weeks, and a fixed length of attack', async () => {
    const [allowed, attack] = ['timeslices-2w-95', 'ratio-timeslices-ddos'].map((id) =>
      vectors.openslo.cases.find((one) => one['id'] === id),
    )
    const { clock, objective } = engine({ target: 0.95, period: '14d', indicator: { kind: 'ratioSlices' } })
    for (let passed = 0; passed < 1000; passed++) {
      objective.good(passed < 500 ? 1 : 99)
      objective.bad(passed < 500 ? 99 : 1)
      await clock.advance('1m')
    }
    const { errorBudget } = objective.report()

    near(errorBudget.total, allowed?.['badMinutesAllowed'] as number)
    // Of what the baseline leaves in two weeks, an attack spends 0.98 a minute more.
    const left = (errorBudget.total as number) - 0.01 * (attack?.['windowMinutes'] as number)
    near(left / 0.98, attack?.['attackMinutesToExhaust'] as number)
    near(errorBudget.spent, 500 * 0.99 + 500 * 0.01)
  })

  it('without requests do not count, and lower the coverage', async () => {
    const { clock, objective } = engine({ ...ten, indicator: sliced })
    objective.good()
    await clock.advance('5m')
    objective.bad()
    await clock.advance('5m')

    expect(objective.report()).toMatchObject({ good: 1, bad: 1, sli: 0.5, coverage: 0.2 })
  })

  it('are judged at their end', async () => {
    const { clock, objective } = engine({ ...ten, indicator: sliced }, 30_000)
    objective.good(5)
    await clock.advance('20s')
    expect(objective.report().sli).toBeNull()
    objective.bad(1)
    // The wall clock shows a full minute.
    await clock.advance('10s')

    expect(objective.report()).toMatchObject({ good: 0, bad: 1 })
  })

  it('of time are the minutes that were up long enough', async () => {
    const indicator = { kind: 'slices', of: 'time', component: 'db', sliceTarget: 0.9 } as const
    const { clock, tracker, objective } = engine({ ...ten, indicator })
    const db = tracker.component('db')
    await clock.advance('90s')
    db.up()
    await clock.advance('3m')
    db.down()
    await clock.advance('5s')
    db.up()
    await clock.advance('2m')
    db.down()
    await clock.advance(85_000)

    // Unknown, then half a minute known and up, three up, one with 5 s down, one up, half and whole ones down.
    expect(objective.report()).toMatchObject({ good: 5, bad: 2, coverage: 0.7, indicator: { unit: 'slices' } })
    const ratios = tracker.objective({
      ...ten,
      name: 'r',
      indicator: { kind: 'ratioSlices', of: 'time', component: 'db' },
    })
    near(ratios.report().good, 1 + 2 + 55 / 60 + 1 + 35 / 60)
  })

  it('of time agree with a count one by one', async () => {
    const step = fc.record({
      wait: fc.integer({ min: 1, max: 200_000 }),
      state: fc.constantFrom('up', 'down', 'unknown'),
    })
    const property = fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 12 }),
      fc.nat(59_999),
      async (steps, wall) => {
        const indicator = { kind: 'slices', of: 'time', component: 'db', sliceTarget: 0.5 } as const
        const { clock, tracker, objective } = engine({ ...ten, period: '1h', indicator }, wall)
        const states: string[] = []
        for (const { wait, state } of steps) {
          tracker.component('db')[state]()
          await clock.advance(wait)
          for (let ms = 0; ms < wait; ms++) states.push(state)
        }
        const counts = { good: 0, bad: 0 }
        for (let end = minute - (wall % minute); end <= states.length; end += minute) {
          const inside = states.slice(Math.max(0, end - minute), end)
          const up = inside.filter((state) => state === 'up').length
          const known = up + inside.filter((state) => state === 'down').length
          if (known > 0) counts[up / known >= 0.5 ? 'good' : 'bad']++
        }
        expect(objective.report()).toMatchObject(counts)
      },
    )
    await fc.assert(property, { numRuns: 30 })
  }, 60_000)
})
