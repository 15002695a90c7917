import { type AnyPolicy, pipeline, retry, timeout } from 'holdfast'
import { describe, expect, it } from 'vitest'
import type { BasePolicy } from '../../src/core/policy.ts'
import { policyOf } from '../../src/core/policy-of.ts'
import { namedLeavesOf } from '../../src/metrics/leaves.ts'

const namesOf = (policy: AnyPolicy): readonly string[] =>
  namedLeavesOf(policyOf(policy) as BasePolicy).map(({ name }) => name)

describe('the names of the parts of a pipeline', () => {
  it('number policies of one kind and name, outermost first, also through pipelines inside', () => {
    const policies = pipeline(timeout('9s'), retry({ name: 'timeout' }), pipeline(timeout('2s'), timeout('1s')))

    expect(namesOf(policies)).toEqual(['timeout', 'timeout', 'timeout#2', 'timeout#3'])
  })

  it('are the same for the same policy twice', () => {
    const same = timeout('1s')

    expect(namesOf(pipeline(same, same, timeout('2s')))).toEqual(['timeout', 'timeout', 'timeout#2'])
  })

  it('are the name itself for a single policy', () => {
    expect(namesOf(timeout('1s'))).toEqual(['timeout'])
  })
})
