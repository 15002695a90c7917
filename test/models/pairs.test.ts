/** Each ordered pair of policies, in a context of each caller's own: what must hold of them is in any-pipeline.ts. */
import { AsyncLocalStorage } from 'node:async_hooks'
import fc from 'fast-check'
import { describe, it } from 'vitest'
import { runs } from '../effort.ts'
import { type Callers, play, policyNames, scenario } from './any-pipeline.ts'

// One for all: each that was ever used slows every promise of the process.
const callers: Callers = new AsyncLocalStorage()

describe('any two policies', () => {
  it.each(policyNames)('%s outside each policy keeps the rules of any pipeline', { timeout: 60_000 }, async (outer) => {
    for (const inner of policyNames) {
      await fc.assert(
        fc.asyncProperty(scenario, (one) => play([outer, inner], one, callers)),
        { numRuns: runs(40, 0.1) },
      )
    }
  })
})
