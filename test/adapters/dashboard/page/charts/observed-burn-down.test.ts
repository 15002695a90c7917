import { describe, expect, it } from 'vitest'
import { observedBurnDown } from '../../../../../src/adapters/dashboard/page/charts/observed-burn-down.ts'

describe('a burn-down', () => {
  it('is empty before the first observation', () => {
    expect(
      observedBurnDown(
        [
          [0, 1],
          [50, 1],
          [100, 0.7],
        ],
        90,
      ),
    ).toEqual([
      [0, 50, 90, 100],
      [null, null, 1, 0.7],
    ])
  })

  it('is complete if everything was observed, or if something was spent earlier', () => {
    const all = [
      [0, 1],
      [50, 0.9],
      [100, 0.7],
    ] as const

    expect(observedBurnDown(all, 0)[1]).toEqual([1, 0.9, 0.7])
    expect(observedBurnDown(all, 90)).toEqual([
      [0, 50, 100],
      [null, 0.9, 0.7],
    ])
    expect(observedBurnDown([], 0)).toEqual([[], []])
  })
})
