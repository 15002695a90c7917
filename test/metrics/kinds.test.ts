import { policy } from 'holdfast'
import { describe, expect, it } from 'vitest'
import type { BasePolicy } from '../../src/core/policy.ts'
import { policyOf } from '../../src/core/policy-of.ts'
import { kinds, telemetryOf, telemetryOfKind } from '../../src/metrics/kinds.ts'
import { policySource } from '../support/policy-gates.ts'
import { policyFixtures, sources } from '../support/policy-modules.ts'
import { UndescribedPolicy } from '../support/undescribed-policy.ts'

const custom = policy('own', (call, next) => next(call))
const policies = [...policyFixtures.map(([, { bare }]) => bare), custom].map((each) => policyOf(each) as BasePolicy)
const modules = [...sources.keys()].flatMap((path) => /^([^/]+)\/telemetry\.ts$/.exec(path)?.[1] ?? [])

describe('the telemetry of a kind', () => {
  it.each(policies.map((each) => [each.kind, each] as const))('names each event of %s', (_kind, each) => {
    expect(Object.keys(telemetryOf(each).events).sort()).toEqual([...each.describe().events].sort())
  })

  it.each(modules.filter((module) => module !== 'core'))('in src/%s is in the list', (module) => {
    for (const kind of policySource(module, sources).kinds) expect(telemetryOfKind(kind)?.kind).toBe(kind)
  })

  it('has an id of its own on the dashboard', () => {
    const ids = kinds.map(({ dashboard }) => dashboard.id)

    expect(new Set(ids).size).toBe(ids.length)
  })

  it('counts on the dashboard only events of the kind', () => {
    for (const { events, dashboard } of kinds) {
      expect(Object.keys(events)).toEqual(expect.arrayContaining(Object.values(dashboard.counts)))
    }
  })
})

describe('a kind without telemetry of its own', () => {
  it('is not in the list', () => {
    expect(telemetryOfKind('shedder')).toBeUndefined()
  })

  const { events, dashboard, label } = telemetryOf(new UndescribedPolicy())

  it('has a counter for each of its events but the one of every call', () => {
    const labels = Object.entries(events).map(([event, { counter }]) => [event, counter?.labels])

    expect(labels).toEqual([
      ['success', undefined],
      ['shed', { kind: 'shedder', event: 'shed' }],
      ['slowDown', { kind: 'shedder', event: 'slowDown' }],
    ])
    expect(events['success']?.everyCall).toBe(true)
    expect(label).toEqual(['policy', 'policy.name'])
  })

  it('is shown on the dashboard by the counts of its events', () => {
    expect(dashboard).toEqual({ id: 'shedder', counts: { shed: 'shed', slowDown: 'slowDown' } })
  })
})
