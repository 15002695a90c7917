import { describe, expect, it } from 'vitest'
import { PageState } from '../../../../../src/adapters/dashboard/page/live/page-state.ts'
import type { CallsFact, ComponentFact } from '../../../../../src/adapters/dashboard/wire/facts.ts'
import { type Hello, wireVersion } from '../../../../../src/adapters/dashboard/wire/messages.ts'

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
  version: wireVersion,
  title: 'shop',
  stream: '1',
  persisted: null,
  at: 1000,
  controls: [],
  facts,
  history: [],
  ...more,
})

describe('the state of the page', () => {
  it('has the facts of a hello, by kind and in order', () => {
    const page = new PageState()
    page.start(hello({ 'component:a': component('a'), 'calls:p': calls('p', 1), 'component:b': component('b') }))

    expect(page.of('component').map(([id]) => id)).toEqual(['component:a', 'component:b'])
    expect(page.of('objective')).toEqual([])
    expect(page.at).toBe(1000)
  })

  it('changes only the facts in a frame', () => {
    const page = new PageState()
    page.start(hello({ 'component:a': component('a'), 'component:b': component('b') }))
    const before = page.facts.get('component:b')

    page.apply({ at: 1500, set: { 'component:a': component('a', 'down') } })

    expect(page.facts.get('component:a')).toMatchObject({ state: 'down' })
    expect(page.facts.get('component:b')).toBe(before)
  })

  it('deletes removed facts', () => {
    const page = new PageState()
    page.start(hello({ 'component:a': component('a') }))
    page.apply({ at: 1500, removed: ['component:a'] })

    expect(page.facts.size).toBe(0)
  })

  it('keeps the objects of facts that are the same after a reconnect', () => {
    const page = new PageState()
    page.start(hello({ 'component:a': component('a'), 'component:b': component('b'), 'component:c': component('c') }))
    const [a, b] = ['component:a', 'component:b'].map((id) => page.facts.get(id))

    page.start(hello({ 'component:a': component('a'), 'component:b': component('b', 'down') }))

    expect(page.facts.get('component:a')).toBe(a)
    expect(page.facts.get('component:b')).not.toBe(b)
    expect(page.facts.has('component:c')).toBe(false)
  })

  it('rejects the hello of another version, and changes nothing', () => {
    const page = new PageState()

    expect(page.start(hello({ 'component:a': component('a') }, { version: wireVersion + 1 }))).toBe(false)
    expect(page.facts.size).toBe(0)
    expect(page.hello).toBeUndefined()
  })

  it('keeps a sample of all calls per second, of the last 15 minutes', () => {
    const page = new PageState()
    page.start(hello({ 'calls:p': calls('p', 1) }, { at: 0, history: [{ at: -5000, calls: {} }] }))
    page.apply({ at: 500, set: { 'calls:p': calls('p', 2) } })
    page.apply({ at: 1000, set: { 'calls:p': calls('p', 3) } })

    expect(page.samples.map(({ at }) => at)).toEqual([-5000, 0, 1000])
    expect(page.samples.at(-1)?.calls['p']?.success).toBe(3)

    page.apply({ at: 15 * 60_000 + 1 })
    expect(page.samples.map(({ at }) => at)).toEqual([1000, 15 * 60_000 + 1])
  })

  it('keeps no samples without counts of calls', () => {
    const page = new PageState()
    page.start(hello({ 'component:a': component('a') }))

    expect(page.samples).toEqual([])
  })

  it('continues from the new time of a clock that was set back', () => {
    const page = new PageState()
    const times = () => page.samples.map(({ at }) => at)
    page.start(hello({ 'calls:p': calls('p', 0) }, { at: 100_000 }))
    for (const at of [102_000, 104_000, 106_000]) page.apply({ at, set: { 'calls:p': calls('p', at) } })
    page.apply({ at: 105_500 })
    expect(times()).toEqual([100_000, 102_000, 104_000, 106_000])
    page.apply({ at: 103_000 })
    expect(times()).toEqual([100_000, 102_000, 103_000])
    page.apply({ at: 104_000 })
    expect(times()).toEqual([100_000, 102_000, 103_000, 104_000])
  })

  it('leaves out earlier samples of a time that a clock went through twice', () => {
    const page = new PageState()
    const history = [80_000, 85_000, 90_000, 95_000, 84_000, 89_000].map((at) => ({ at, calls: { p: calls('p', at) } }))
    page.start(hello({ 'calls:p': calls('p', 1) }, { at: 91_000, history }))

    expect(page.samples.map(({ at }) => at)).toEqual([80_000, 84_000, 89_000, 91_000])
  })
})
