import { describe, expect, it } from 'vitest'
import { Board } from '../../../../src/adapters/dashboard/page/live/page-state.ts'
import type { CallsFact, ComponentFact, Hello } from '../../../../src/adapters/dashboard/wire/facts.ts'

const component = (name: string, state: ComponentFact['state'] = 'up'): ComponentFact => ({
  kind: 'component',
  name,
  state,
  since: null,
  availability: { day: 1, month: 1, quarter: 1 },
  coverage: { day: 1, month: 1, quarter: 1 },
  failures: 0,
})
const calls = (policy: string, success: number): CallsFact => ({
  kind: 'calls',
  policy,
  success,
  failure: 0,
  ignored: 0,
  attempts: success,
  first: success,
  saved: {},
})
const hello = (facts: Hello['facts'], more: Partial<Hello> = {}): Hello => ({
  version: 1,
  title: 'shop',
  stream: '1',
  kept: null,
  at: 1000,
  controls: [],
  facts,
  past: [],
  ...more,
})

describe('the board', () => {
  it('holds what it was told, by kind and in order', () => {
    const board = new Board()
    board.begin(hello({ 'component:a': component('a'), 'calls:p': calls('p', 1), 'component:b': component('b') }))

    expect(board.of('component').map(([id]) => id)).toEqual(['component:a', 'component:b'])
    expect(board.of('objective')).toEqual([])
    expect(board.at).toBe(1000)
  })

  it('changes only what a frame tells', () => {
    const board = new Board()
    board.begin(hello({ 'component:a': component('a'), 'component:b': component('b') }))
    const before = board.facts.get('component:b')

    board.take({ at: 1500, set: { 'component:a': component('a', 'down') } })

    expect(board.facts.get('component:a')).toMatchObject({ state: 'down' })
    expect(board.facts.get('component:b')).toBe(before)
  })

  it('forgets what is gone', () => {
    const board = new Board()
    board.begin(hello({ 'component:a': component('a') }))
    board.take({ at: 1500, gone: ['component:a'] })

    expect(board.facts.size).toBe(0)
  })

  it('keeps the objects of what is the same after a break', () => {
    const board = new Board()
    board.begin(hello({ 'component:a': component('a'), 'component:b': component('b'), 'component:c': component('c') }))
    const [a, b] = ['component:a', 'component:b'].map((id) => board.facts.get(id))

    board.begin(hello({ 'component:a': component('a'), 'component:b': component('b', 'down') }))

    expect(board.facts.get('component:a')).toBe(a)
    expect(board.facts.get('component:b')).not.toBe(b)
    expect(board.facts.has('component:c')).toBe(false)
  })

  it('refuses what another version tells, and changes nothing', () => {
    const board = new Board()

    expect(board.begin(hello({ 'component:a': component('a') }, { version: 2 }))).toBe(false)
    expect(board.facts.size).toBe(0)
    expect(board.hello).toBeUndefined()
  })

  it('keeps a sample of all calls each second, of the last quarter of an hour', () => {
    const board = new Board()
    board.begin(hello({ 'calls:p': calls('p', 1) }, { at: 0, past: [{ at: -5000, calls: {} }] }))
    board.take({ at: 500, set: { 'calls:p': calls('p', 2) } })
    board.take({ at: 1000, set: { 'calls:p': calls('p', 3) } })

    expect(board.past.map(({ at }) => at)).toEqual([-5000, 0, 1000])
    expect(board.past.at(-1)?.calls['p']?.success).toBe(3)

    board.take({ at: 15 * 60_000 + 1 })
    expect(board.past.map(({ at }) => at)).toEqual([1000, 15 * 60_000 + 1])
  })

  it('keeps no samples where no calls are counted', () => {
    const board = new Board()
    board.begin(hello({ 'component:a': component('a') }))

    expect(board.past).toEqual([])
  })

  it('goes on from where a clock is that was set back', () => {
    const board = new Board()
    const times = () => board.past.map(({ at }) => at)
    board.begin(hello({ 'calls:p': calls('p', 0) }, { at: 100_000 }))
    for (const at of [102_000, 104_000, 106_000]) board.take({ at, set: { 'calls:p': calls('p', at) } })
    board.take({ at: 105_500 })
    expect(times()).toEqual([100_000, 102_000, 104_000, 106_000])
    board.take({ at: 103_000 })
    expect(times()).toEqual([100_000, 102_000, 103_000])
    board.take({ at: 104_000 })
    expect(times()).toEqual([100_000, 102_000, 103_000, 104_000])
  })

  it('leaves out of the past what a clock that was set back went through again', () => {
    const board = new Board()
    const past = [80_000, 85_000, 90_000, 95_000, 84_000, 89_000].map((at) => ({ at, calls: { p: calls('p', at) } }))
    board.begin(hello({ 'calls:p': calls('p', 1) }, { at: 91_000, past }))

    expect(board.past.map(({ at }) => at)).toEqual([80_000, 84_000, 89_000, 91_000])
  })
})
