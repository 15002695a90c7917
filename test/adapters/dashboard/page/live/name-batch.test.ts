import { describe, expect, it } from 'vitest'
import { firstBatch } from '../../../../../src/adapters/dashboard/page/live/name-batch.ts'

describe('names in one request', () => {
  it.each([
    ['none', [], 0],
    ['few', ['a', 'b'], 2],
    ['many', Array.from({ length: 120 }, (_, index) => `name ${index}`), 50],
    ['long ones, as they are in a URL', Array.from({ length: 10 }, () => '長い名前'.repeat(50)), 4],
    ['one that is too long for any other', ['a'.repeat(9000), 'b'], 1],
    ['half a surrogate pair', ['\ud800', 'b'], 2],
  ])('are as many as a server takes: %s', (_what, names, count) => {
    expect(firstBatch(names)).toEqual(names.slice(0, count))
  })
})
