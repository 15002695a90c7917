import { describe, expect, it } from 'vitest'
import { labelOf, tones } from '../../../../../src/adapters/dashboard/page/text/states.ts'

describe('states', () => {
  it('have a label and a tone, and unknown states are shown as they are', () => {
    expect(labelOf('half-open')).toEqual({ tone: 'weak', text: 'half-open' })
    expect(labelOf('drain')).toEqual({ tone: 'planned', text: 'draining' })
    expect(labelOf('resting')).toEqual({ tone: 'none', text: 'resting' })
    expect(new Set(tones).size).toBe(5)
  })
})
