import { CircuitOpenError, FailoverError, TimeoutError } from 'holdfast'
import { describe, expect, it } from 'vitest'
import { refusedByDependency } from '../../src/core/refused.ts'

const open = new CircuitOpenError('open', 'breaker')
const failed = (...errors: readonly unknown[]) => new FailoverError('pool', ['a', 'b'], errors)
const throwing = {
  get status(): number {
    throw new Error('a getter')
  },
}

describe('what the dependency refused', () => {
  it.each([
    ['a rejection', open],
    ['429', { status: 429 }],
    ['503', { statusCode: 503 }],
    ['the 503 of a response', Object.assign(new Error('503'), { response: { status: 503 } })],
    ['RESOURCE_EXHAUSTED by name', { code: 'RESOURCE_EXHAUSTED' }],
    ['RESOURCE_EXHAUSTED by number', { code: 8, metadata: {} }],
    ['several errors that are all refusals', failed(open, { status: 503 })],
  ])('is an error: %s', (_name, error) => {
    expect(refusedByDependency(false, error)).toBe(true)
  })

  it.each([
    ['an error', new Error('down')],
    ['a timeout', new TimeoutError('timeout', 5)],
    ['500', { status: 500, statusCode: 500, response: { status: 500 } }],
    ['a response that is null', { response: null }],
    ['another use of the number 8', { code: 8 }],
    ['several errors of which one is no refusal', failed({ status: 503 }, new Error('down'))],
    ['several errors of which one is a text', failed({ status: 503 }, 'down')],
    ['several errors of which one is null', failed({ status: 503 }, null)],
    ['no errors', new AggregateError([])],
    ['a text', '503'],
    ['undefined', undefined],
    ['null', null],
    ['an error whose getter throws', throwing],
  ])('is not: %s', (_name, error) => {
    expect(refusedByDependency(false, error)).toBe(false)
  })

  it('is an answer of HTTP with 429 or 503, and no other value', () => {
    expect(refusedByDependency(true, new Response(null, { status: 503 }))).toBe(true)
    expect(refusedByDependency(true, { statusCode: 429, headers: {} })).toBe(true)
    expect(refusedByDependency(true, new Response(null, { status: 500 }))).toBe(false)
    expect(refusedByDependency(true, { status: 503 })).toBe(false)
    expect(refusedByDependency(true, throwing)).toBe(false)
    expect(refusedByDependency(true, 503)).toBe(false)
  })
})
