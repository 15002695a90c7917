import { expect, it } from 'vitest'
import { isAbsent, isOngoing } from '../../../src/command/words/absent.ts'

it.each(['', 'NULL', 'null', '\\N', '(null)', 'None', 'nil', 'NaN', 'NaT', 'N/A', '-', '0000-00-00 00:00:00'])(
  'nothing is %j',
  (text) => {
    expect(isAbsent(text)).toBe(true)
    expect(isOngoing(text)).toBe(true)
  },
)

it.each(['0', '2026-01-05', '0000-00-00 00:00:01', 'nothing at all, as it were', 'api'])('something is %j', (text) => {
  expect(isAbsent(text)).toBe(false)
  expect(isOngoing(text)).toBe(false)
})

it.each(['Ongoing', 'open', 'NOW', 'in progress'])('an end that has not come is %j', (text) => {
  expect(isAbsent(text)).toBe(false)
  expect(isOngoing(text)).toBe(true)
})
