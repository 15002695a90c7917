import { constant } from 'holdfast/retry'
import { describe, expect, it } from 'vitest'

const ms = (duration: unknown): number => (constant(duration as number).options as { delay: number }).delay

describe('a duration', () => {
  it('is milliseconds, or a number and a unit', () => {
    expect(['250ms', '2s', '5m', '1h', '30d', '0.5s', '0ms', 7, 1.5].map(ms)).toEqual([
      250, 2000, 300_000, 3_600_000, 2_592_000_000, 500, 0, 7, 1.5,
    ])
  })

  it('is refused in any other shape', () => {
    for (const wrong of [
      '5',
      '5 s',
      ' 5s',
      '5s ',
      '-5s',
      '+5s',
      '1e3ms',
      '0x1s',
      '5S',
      '5sec',
      '1m30s',
      '.5s',
      '5.s',
      '٣s',
    ]) {
      expect(() => ms(wrong)).toThrow(/^constant: delay must be a duration >= 0, got "/)
    }
    expect(() => ms(`${'9'.repeat(400)}d`)).toThrow(TypeError)
  })
})
