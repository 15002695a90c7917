import { ketama, maglev } from 'holdfast/failover'
import { describe, expect, it } from 'vitest'
import { fill } from '../../../src/failover/hashing/maglev.ts'

describe('maglev', () => {
  const published = [
    { offset: 3, skip: 4, weight: 1 },
    { offset: 0, skip: 2, weight: 1 },
    { offset: 3, skip: 1, weight: 1 },
  ]

  it('fills the table of the paper', () => {
    expect([...fill(7, published)]).toEqual([1, 0, 1, 0, 2, 2, 0])
    expect([
      ...fill(
        7,
        published.filter((_, i) => i !== 1),
      ),
    ]).toEqual([0, 0, 0, 0, 1, 1, 1])
  })

  it('shares slots one to two for weights of one to two', () => {
    const slots = fill(65_537, [
      { offset: 7, skip: 11, weight: 1 },
      { offset: 5, skip: 3, weight: 2 },
    ])
    const first = slots.filter((owner) => owner === 0).length

    expect([first, 65_537 - first]).toEqual([21_846, 43_691])
  })

  it('takes only a prime size', () => {
    expect(() => maglev({ size: 65_536 })).toThrow('maglev: size must be a prime number, got 65536')
    expect(() => maglev({ size: 1 })).toThrow('prime')
    expect(() => ketama({ points: 0 })).toThrow('ketama: points must be an integer >= 1, got 0')
  })
})

it('maglev takes more members than a function takes arguments', () => {
  const members = Array.from({ length: 150_000 }, (_, i) => ({ offset: i, skip: 1 + (i % 10), weight: 1 }))

  expect(fill(11, members)).toHaveLength(11)
})
