import { describe, expect, it } from 'vitest'
import { requestOf } from '../../src/serving/request.ts'

describe('a request', () => {
  it('has its method and headers, whatever the server', () => {
    const raw = new Request('http://service', { method: 'POST', headers: { 'X-One': '1' } })
    const node = { method: 'POST', headers: { 'x-one': '1' } }

    for (const given of [raw, { req: { raw } }, node, { ...node, headers: { 'x-one': ['1'] } }]) {
      const { method, header } = requestOf(given)
      expect([method, header('X-One'), header('x-one'), header('x-two')]).toEqual(['POST', '1', '1', undefined])
    }
    expect(requestOf({ req: { raw } }).raw).toBe(raw)
    expect(requestOf({ headers: { 'x-one': ['1', '2'] } }).header('x-one')).toBe('1, 2')
  })

  it.each([undefined, null, 5, 'GET', [], { method: 5, headers: 5 }, { headers: { 'x-one': 5 } }])(
    'that is none reads as GET without headers: %o',
    (given) => {
      const { method, header, raw } = requestOf(given)

      expect([method, header('x-one'), raw]).toEqual(['GET', undefined, given])
    },
  )
})
