import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/command/errors.ts'
import { parseStateMap, StateWords } from '../../../src/command/words/state-words.ts'

describe('a word for a state', () => {
  it('may be a usual one, in any notation', () => {
    const words = new StateWords()

    expect(['Up', 'MAJOR_OUTAGE', 'partial-outage', ' under  maintenance'].map((word) => words.meaning(word))).toEqual([
      'up',
      'down',
      'degraded',
      'maintenance',
    ])
    expect([words.meaning('resolved'), words.meaning('In Progress'), words.meaning('sick')]).toEqual([
      'done',
      'work',
      undefined,
    ])
    expect(words.meaning('sick')).toBeUndefined()
  })

  it('has the meaning of the options, else of the format, else the usual one', () => {
    const words = new StateWords({ up: 'skip', x: 'down' }, parseStateMap(['X = degraded', 'a=b=up', '__proto__=down']))

    expect(['up', 'x', 'A=B', '__proto__'].map((word) => words.meaning(word))).toEqual([
      'skip',
      'degraded',
      'up',
      'down',
    ])
  })

  it('is cached, and found beyond the size of the cache too', () => {
    const words = new StateWords()
    for (let index = 0; index < 1001; index++) expect(words.meaning(`word ${index}`)).toBeUndefined()

    expect(words.meaning('down')).toBe('down')
    expect(words.meaning('down')).toBe('down')
  })

  it.each(['sick', '=down', 'sick=ill', ''])('is refused as %j', (pair) => {
    expect(() => parseStateMap([pair])).toThrow(
      new UsageError(
        `--state-map must be a word, an equals sign and one of up, degraded, down, maintenance, unknown, skip, got ${JSON.stringify(pair)}`,
      ),
    )
  })
})
