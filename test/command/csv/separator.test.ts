import { expect, it } from 'vitest'
import { parseSeparator, separatorIn, separatorName } from '../../../src/command/csv/separator.ts'
import { UsageError } from '../../../src/command/errors.ts'

it.each([
  ['a,b', ',', 'commas'],
  ['a;b,c;d', ';', 'semicolons'],
  ['a\tb', '\t', 'tabs'],
  ['a|b', '|', 'bars'],
  ['"a;b;c",d', ',', 'commas'],
  ['a', ',', 'commas'],
])('the separator in %j is %j', (line, separator, name) => {
  expect(separatorIn(line)).toBe(separator)
  expect(separatorName(separator)).toBe(name)
})

it('a separator is one character, or tab', () => {
  expect([undefined, 'tab', '\\t', '^', ';'].map(parseSeparator)).toEqual([undefined, '\t', '\t', '^', ';'])
  expect(separatorName('^')).toBe('"^"')
  for (const text of ['', ', ', '"', '\n']) {
    expect(() => parseSeparator(text)).toThrow(
      new UsageError(`--separator must be one letter, or tab, got ${JSON.stringify(text)}`),
    )
  }
})
