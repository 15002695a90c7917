import fc from 'fast-check'
import { expect, it } from 'vitest'
import { jsonPieces } from '../../src/command/json-pieces.ts'

it('JSON in pieces equals JSON at once', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect([...jsonPieces(value)].join('')).toBe(JSON.stringify(value, undefined, 2))
    }),
  )
  const many = { outages: Array.from({ length: 10_000 }, (_, index) => ({ index, reason: null })) }
  expect(Math.max(...[...jsonPieces(many)].map((piece) => piece.length))).toBeLessThan(100)
  const odd = { a: undefined, b: [{ c: [] }, {}], d: { e: { f: 'x\ny', g: undefined } } }
  expect([...jsonPieces(odd)].join('')).toBe(JSON.stringify(odd, undefined, 2))
})
