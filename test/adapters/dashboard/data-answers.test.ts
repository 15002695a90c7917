import { dashboard } from 'holdfast/dashboard'
import { describe, expect, it } from 'vitest'
import type { ObjectiveDetails } from '../../../src/adapters/dashboard/wire/details.ts'
import { ask, data } from './client.ts'
import { hour, watched } from './tracked.ts'

describe('the details of an objective', () => {
  it('have the burn-down of its budget', async () => {
    const { clock, tracker, board } = watched()
    const objective = tracker.objective({ name: 'a b', target: 0.9, period: '1d', indicator: { kind: 'requests' } })
    objective.good(99)
    objective.bad(1)
    await clock.advance(hour)

    const { at, name, since, burnDown } = await data<ObjectiveDetails>(board, '?objective=a%20b')

    expect({ at, name }).toEqual({ at: clock.wall(), name: 'a b' })
    const { coverage, period } = objective.report()
    expect(since).toBe(Math.round(at - coverage * (at - period.fromAt)))
    expect(burnDown).toEqual(objective.burnDown().map(({ at, remaining }) => [Math.round(at), remaining]))
  })
})

describe('an unknown name', () => {
  it.each(['?component=unknown', '?component=', '?objective=unknown', '?bars&name=unknown'])(
    'is not found: %s',
    async (query) => {
      const response = await ask(watched().board, query)

      expect(response.status).toBe(404)
      expect(await response.json()).toEqual({ error: expect.stringMatching(/^unknown (component|objective)$/) })
    },
  )

  it('is every name if there is no tracker', async () => {
    const board = dashboard()

    for (const query of ['?component=a', '?objective=a', '?bars&name=a']) {
      expect(await (await ask(board, query)).json()).toEqual({ error: 'no tracker' })
    }
  })
})
