import type { MemberStatus } from 'holdfast/failover'
import { describe, expect, it } from 'vitest'
import { isHealthy, panics } from '../../src/reconcile/panic.ts'

const member = (fields: Partial<MemberStatus<unknown>>) =>
  ({ state: 'active', admin: 'ready', ...fields }) as MemberStatus<unknown>

describe('panics', () => {
  const ejected = member({ state: 'ejected' })

  it('is so below the threshold, not at it', () => {
    expect(panics([member({}), ejected], 0.5)).toBe(false)
    expect(panics([member({}), ejected, member({ state: 'probing' })], 0.5)).toBe(true)
  })

  it('counts only members that are ready', () => {
    expect(panics([member({}), ejected, member({ state: 'ejected', admin: 'drain' })], 0.5)).toBe(false)
    expect(panics([], 0.5)).toBe(false)
  })
})

describe('isHealthy', () => {
  it('is false while a member is ejected or probed, whatever its administrative state', () => {
    expect(isHealthy(member({ state: 'warming', admin: 'maintenance' }))).toBe(true)
    expect(isHealthy(member({ state: 'ejected' }))).toBe(false)
    expect(isHealthy(member({ state: 'probing' }))).toBe(false)
  })
})
