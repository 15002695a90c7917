import { leastPending } from 'holdfast/failover'
import { describe, expect, it } from 'vitest'
import { ask, candidates, loaded, type Made } from './candidates.ts'
import { pickerVectors } from './vectors.ts'

describe('leastPending', () => {
  it('takes the member with the fewest tries under way by weight', () => {
    expect(ask(leastPending()).pick(loaded([3, 1, 2]))).toBe('b')
    expect(ask(leastPending()).pick(loaded([3, 2, 2], [2, 1, 1]))).toBe('a')
  })

  it('breaks ties as Nginx does, by smooth weighted round robin', () => {
    const { w, idleSeq } = pickerVectors.leastRequestWeighted.nginxLeastConn.case
    expect(ask(leastPending()).picks(candidates(w), idleSeq.length)).toBe(idleSeq)
  })

  it('never prefers a member because it fails at once', () => {
    const list = loaded([4, 4, 0])
    ;(list[2] as Made).trust = 0.02

    expect(ask(leastPending()).picks(list, 100)).not.toContain('c')
  })
})
