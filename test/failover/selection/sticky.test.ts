import { failoverPool, ordered, roundRobin, sticky, twoChoices } from 'holdfast/failover'
import { seededRandom, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { ask, candidates, keyless, type Made } from './candidates.ts'

describe('sticky', () => {
  it('keeps a key with its member while the member serves or drains', () => {
    const list = candidates([1, 1, 1])
    const { pick } = ask(sticky(roundRobin()))
    expect([pick(list, 'x'), pick(list, 'y'), pick(list, 'x'), pick(list)]).toEqual(['a', 'b', 'a', 'c'])
    ;(list[0] as Made).reach = 'sticky'
    expect(pick(list.slice(1), 'x')).toBe('a')
  })

  it('moves the key of an ejected member for good', () => {
    const list = candidates([1, 1])
    const { pick } = ask(sticky(roundRobin()))
    pick(list, 'x')
    ;(list[0] as Made).reach = 'none'
    expect(pick(list.slice(1), 'x')).toBe('b')
    ;(list[0] as Made).reach = 'all'
    expect(pick(list, 'x')).toBe('b')
  })

  it('forgets the least recently used keys', () => {
    const list = candidates([1, 1, 1])
    const { pick } = ask(sticky(roundRobin(), { max: 2 }))
    expect([pick(list, 'x'), pick(list, 'y'), pick(list, 'x'), pick(list, 'z')]).toEqual(['a', 'b', 'a', 'c'])
    expect(pick(list, 'x')).toBe('a')
    expect(pick(list, 'y')).toBe('a')
  })

  it('serves a key elsewhere for one call if its member is too busy', () => {
    const list = candidates([1, 1])
    const { pick } = ask(sticky(ordered(), { balance: 1.25 }))
    pick(list, 'x')
    const b = sticky(roundRobin(), { balance: 1.25 })
    const hot = ask(b)
    expect(hot.pick(list, 'x')).toBe('a')
    ;(list[0] as Made).pending = 5
    expect(hot.pick(list, 'x')).toBe('b')
    ;(list[0] as Made).pending = 0
    expect(hot.pick(list, 'x')).toBe('a')
  })

  it('passes on further tries and their results', () => {
    const list = candidates([1, 1])
    expect(
      ask(sticky(twoChoices()), { random: seededRandom(1) }).picker.next?.(list, keyless, 0, list.slice(0, 1))?.name,
    ).toBe('b')
    const again = ask(sticky(roundRobin()))
    again.pick(list, 'x')
    expect(again.picker.next?.(list, { ...keyless, key: 'x' }, 0, list.slice(0, 1))?.name).toBe('b')
    expect(again.picker.next?.(list, keyless, 0, list)).toBeUndefined()
  })

  it('gives further tries only to healthy members, also around a selection that sees all', () => {
    const list = candidates([1, 1, 1, 1])
    const [a, b, c] = list as [Made, Made, Made]
    b.reach = 'none'
    c.reach = 'sticky'
    const { picker } = ask(sticky({ ...roundRobin(), seesAll: true }))
    expect(picker.next?.(list, keyless, 0, [a])?.name).toBe('d')
    expect(picker.next?.(list.slice(0, 3), keyless, 0, [a])).toBeUndefined()
  })

  it.each([
    ['an object', {}],
    ['null', null],
    ['"ordered"', 'ordered'],
    ['a function', roundRobin],
    ['a function', Object.assign(() => roundRobin(), roundRobin())],
  ])('refuses %s for a selection', (shown, selection) => {
    expect(() => sticky(selection as never)).toThrow(`sticky: selection must be a selection, got ${shown}`)
  })

  it('refuses wrong options', () => {
    expect(() => sticky(roundRobin(), { max: 0 })).toThrow('sticky: max must be an integer >= 1, got 0')
  })

  it('sends only sticky calls to a draining member of a pool', async () => {
    const clock = virtualClock()
    const pool = failoverPool(['a', 'b'], { clock, random: () => 0, selection: sticky(roundRobin()) })
    const at = (key?: string) => pool.execute(({ target }) => target, key === undefined ? {} : { key })
    expect(await at('session')).toBe('a')
    await pool.drain('a')
    expect([await at('session'), await at(), await at('new')]).toEqual(['a', 'b', 'b'])
    pool.remove('a')
    expect(await at('session')).toBe('b')
  })
})
