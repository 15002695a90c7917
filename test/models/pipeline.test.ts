/** Random pipelines of all policies in any order: what must hold of each is in any-pipeline.ts. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runs } from '../effort.ts'
import { play, policyNames, scenario } from './any-pipeline.ts'

const any = fc.shuffledSubarray([...policyNames], { minLength: 2 })
const upToSix = fc.shuffledSubarray([...policyNames], { minLength: 2, maxLength: 6 })

describe('any pipeline', () => {
  it.each([
    ['of all policies', any, 1000],
    ['of up to six policies', upToSix, 10_000],
  ] as const)(
    'settles each call once, reacts to aborts at once, and leaves nothing behind: %s',
    { timeout: 120_000 },
    async (_, orders, number) => {
      await fc.assert(
        fc.asyncProperty(orders, scenario, (order, one) => play(order, one)),
        { numRuns: runs(number, 0.04) },
      )
    },
  )

  it('has policies of all modules', () => {
    expect(policyNames.length).toBeGreaterThan(15)
  })
})
