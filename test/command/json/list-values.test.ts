import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ListValues } from '../../../src/command/json/list-values.ts'

function values(text: string, piece = text.length + 1) {
  const found: { value: unknown; number: number }[] = []
  const list = new ListValues(({ text, number }) => found.push({ value: JSON.parse(text), number }))
  const inner = text.slice(1)
  for (let at = 0; at < inner.length; at += piece) list.push(inner.slice(at, at + piece))
  return { found, isOver: list.isOver }
}

it('the values of a list are found, however they are written and split', () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue()),
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom(0, 2),
      (list, piece, indent) => {
        const { found, isOver } = values(JSON.stringify(list, undefined, indent), piece)
        expect(JSON.stringify(found.map(({ value }) => value))).toBe(JSON.stringify(list))
        expect(isOver).toBe(true)
      },
    ),
    { numRuns: 500 },
  )
})

it('values have the number of their first line', () => {
  const text = '[\n{"a":1},\n\n{"b":\n2}, "x\\"]", 3\n]'
  const numbers = [
    { value: { a: 1 }, number: 2 },
    { value: { b: 2 }, number: 4 },
    { value: 'x"]', number: 5 },
    { value: 3, number: 5 },
  ]

  for (const piece of [1, 2, 100]) expect(values(text, piece)).toEqual({ found: numbers, isOver: true })
  expect(values('[{"a":1},{"b"')).toEqual({ found: [{ value: { a: 1 }, number: 1 }], isOver: false })
})
