import { describe, expect, it } from 'vitest'
import { statusOf, summaryOf } from '../../../../../src/adapters/dashboard/page/text/objective-status.ts'
import type { ObjectiveFact } from '../../../../../src/adapters/dashboard/wire/facts.ts'

const objective = (more: Partial<ObjectiveFact> = {}, firing = false): ObjectiveFact => ({
  kind: 'objective',
  name: 'pay',
  target: 0.99,
  period: { from: 0, to: 1000, calendar: null },
  unit: 'requests',
  sli: 0.999,
  coverage: 1,
  remaining: 0.9,
  burnRate: 0.1,
  pace: 0.1,
  exhaustionIn: null,
  tiers: [
    { name: 'page-fast', severity: 'page', factor: 14.4, firing },
    { name: 'page-slow', severity: 'page', factor: 6, firing: false },
    { name: 'ticket', severity: 'ticket', factor: 1, firing: false },
  ],
  ...more,
})

describe('the status of an objective', () => {
  it.each([
    [objective(), 'on track', 'good', 'on track'],
    [objective({ pace: 35 }), 'burning', 'bad', 'burning at 35×'],
    [objective({ pace: 2 }), 'burning', 'weak', 'burning at 2.00×'],
    [objective({ burnRate: 35, pace: 0.5 }), 'burning', 'bad', 'burnt at 35× so far'],
    [objective({ burnRate: 35, pace: null, tiers: [] }), 'burning', 'weak', 'burnt at 35× so far'],
    [objective({ pace: 20 }, true), 'alerting', 'bad', 'alerting, burning at 20×'],
    [objective({ remaining: 0 }), 'missed', 'bad', 'missed'],
    [objective({ remaining: -1, pace: 3 }), 'missed', 'bad', 'missed, burning at 3.00×'],
    [objective({ remaining: 0 }, true), 'alerting', 'bad', 'missed'],
    [objective({ sli: null, burnRate: null, pace: null }), 'unknown', 'none', 'nothing measured yet'],
  ] as const)('reports a fast burn long before a tier fires: %#', (fact, kind, tone, text) => {
    expect(statusOf(fact)).toEqual({ kind, tone, text })
  })

  it('of many objectives is that of the worst, and good only if something was measured', () => {
    const unknown = objective({ sli: null, burnRate: null, pace: null })

    expect(summaryOf([objective(), unknown])).toEqual({
      tone: 'good',
      text: 'on track',
      more: '2 in all, 1 not measured yet',
    })
    expect(summaryOf([unknown])).toMatchObject({ tone: 'none', text: 'not measured' })
    expect(summaryOf([objective({ pace: 2 }), objective({ name: 'b', pace: 35 }), objective()])).toEqual({
      tone: 'bad',
      text: '2 burning',
      more: 'of 3; b: burning at 35×',
    })
    expect(summaryOf([objective({ pace: 2 })]).tone).toBe('weak')
    expect(summaryOf([objective({ remaining: 0 }), objective({ pace: 35 })])).toMatchObject({ text: '1 missed' })
    const spent = { remaining: 0, pace: null }
    const facts = [
      objective({ ...spent, name: 'a', burnRate: null }),
      objective({ ...spent, name: 'b', burnRate: 2 }),
      objective({ ...spent, name: 'c', burnRate: null }),
    ]
    expect(summaryOf(facts)).toEqual({ tone: 'bad', text: '3 missed', more: 'of 3; b: missed, burnt at 2.00× so far' })
  })
})
