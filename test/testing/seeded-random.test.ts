import { seededRandom } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'

describe('seededRandom', () => {
  it('gives the same numbers for the same seed, from 0 to 1, evenly', () => {
    const [one, two] = [seededRandom(42), seededRandom(42)]
    let sum = 0
    for (let i = 0; i < 10_000; i++) {
      const number = one()
      expect(number).toBe(two())
      if (!(number >= 0 && number < 1)) expect(number).toBe('from 0 to 1')
      sum += number
    }
    expect(sum / 10_000).toBeCloseTo(0.5, 1)
    expect(seededRandom(1)()).not.toBe(seededRandom(2)())
  })
})
