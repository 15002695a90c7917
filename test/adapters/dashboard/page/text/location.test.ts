import { describe, expect, it } from 'vitest'
import { locationText } from '../../../../../src/adapters/dashboard/page/text/location.ts'

describe('a location', () => {
  it('names the policy, the pool and the member', () => {
    expect(locationText({ policy: 'shop', pool: null, member: null })).toBe('shop')
    expect(locationText({ policy: 'shop', pool: 'replicas', member: 'a' })).toBe('shop › replicas › a')
  })
})
