import { describe, expect, expectTypeOf, it } from 'vitest'
import { type Markov, markov } from '../../../src/reliability/markov/markov.ts'
import { series } from '../../../src/reliability/structures/blocks.ts'
import { near } from '../../support/near.ts'

describe('a chain of states', () => {
  it('has an availability weighted by the service of its states', () => {
    const found = markov({ service: { up: 1, down: 0 }, rates: { up: { down: 1 }, down: { up: 3 } } })

    expect(found.probabilities).toEqual({ up: 0.75, down: 0.25 })
    near(found.availability, 0.75)
    near(found.unavailability, 0.25)
    near(series(found, 0.5).availability, 0.375)
    expectTypeOf(found).toEqualTypeOf<Markov<'up' | 'down'>>()
  })

  it('takes a missing rate as 0, and ignores a rate from a state to itself', () => {
    const service = { up: 1, degraded: 0.5, down: 0 }
    const found = markov({ service, rates: { up: { down: 1, up: 9 }, down: { degraded: 1 }, degraded: { up: 2 } } })

    near(found.availability, 1 / 2.5 + 0.25 / 2.5)
  })

  it.each([
    [{ service: {} }, 'markov: service must be a record of numbers from 0 to 1, got an object'],
    [{ service: 1 }, 'markov: service must be a record of numbers from 0 to 1, got 1'],
    [{ service: { up: 2, down: 0 } }, 'markov: up must be a number from 0 to 1, got 2'],
    [{ rates: 1 }, 'markov: rates must be a record of records of rates, got 1'],
    [{ rates: { up: 1, down: { up: 1 } } }, 'markov: up must be a record of rates, got 1'],
    [{ rates: { up: { down: -1 }, down: { up: 1 } } }, 'markov: down must be a finite number >= 0, got -1'],
    [{ rates: { up: { gone: 1 }, down: { up: 1 } } }, 'markov: rates must be between "up", "down", got "gone"'],
    [{ rates: { gone: { up: 1 } } }, 'markov: rates must be between "up", "down", got "gone"'],
    [{ rates: { up: { down: 1 } } }, 'markov: rates must lead from every state to every other, got an object'],
  ])('refuses %j', (wrong, message) => {
    const right = { service: { up: 1, down: 0 }, rates: { up: { down: 1 }, down: { up: 3 } } }
    expect(() => markov({ ...right, ...wrong } as typeof right)).toThrow(message)
  })
})
