import {
  type AnyPolicy,
  bulkhead,
  circuitBreaker,
  failoverPool,
  fallback,
  pipeline,
  policy,
  retry,
  timeout,
} from 'holdfast'
import { describe, expect, it } from 'vitest'
import { type BasePolicy, policyOf } from '../../src/core/policy.ts'
import { kinds, telemetryOf, telemetryOfKind } from '../../src/metrics/kinds.ts'
import { UndescribedPolicy } from '../support/undescribed-policy.ts'

const based = (given: AnyPolicy): BasePolicy => policyOf(given) as BasePolicy
const described = [
  pipeline(),
  policy('own', (call, next) => next(call)),
  circuitBreaker(),
  retry(),
  timeout('1s'),
  fallback({ value: 0 }),
  bulkhead(1),
  failoverPool(['a']),
].map(based)

describe('the telemetry of a kind', () => {
  it.each(described.map((policy) => [policy.kind, policy] as const))('names each event of %s', (_kind, policy) => {
    expect(Object.keys(telemetryOf(policy).events).sort()).toEqual([...policy.describe().events].sort())
  })

  it('is there once for each kind', () => {
    expect(kinds.map(({ kind }) => kind).sort()).toEqual(described.map(({ kind }) => kind).sort())
    expect(telemetryOfKind('retry')?.dashboard.counts).toEqual({ retries: 'retry' })
    expect(telemetryOfKind('shedder')).toBeUndefined()
  })

  it('has an id of its own on the dashboard', () => {
    const ids = kinds.map(({ dashboard }) => dashboard.id)

    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('a kind without telemetry of its own', () => {
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
