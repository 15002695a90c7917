import { AsyncLocalStorage } from 'node:async_hooks'
import { hedge, pipeline, timeout } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { later, unbounded } from './slow-work.ts'

describe('the async context of a hedged call', () => {
  it.each([50, 0])('is its caller’s, in every attempt, function and listener, with a delay of %i ms', async (after) => {
    const caller = new AsyncLocalStorage<string>()
    const clock = virtualClock()
    const seen: [what: string, of: string | undefined][] = []
    const note = (what: string) => seen.push([what, caller.getStore()])
    const policy = hedge({
      after,
      hedges: 2,
      budget: unbounded,
      when: ({ ok }) => {
        note('when')
        return !ok
      },
      dispose: () => void note('dispose'),
    })
    for (const event of ['hedge', 'win', 'lateResult'] as const) policy.on(event, () => note(event))
    const all = pipeline({ clock }, timeout('10s'), policy)
    const calls = ['one', 'two'].map((name) =>
      caller.run(name, () => {
        let attempts = 0
        return all.execute(async ({ signal }) => {
          note('attempt')
          signal.addEventListener('abort', () => note('abort'))
          await later(clock, ++attempts === 3 ? 10 : 400)
        })
      }),
    )
    await clock.advance(1000)
    await Promise.all(calls)
    expect(new Set(seen.map(([what]) => what))).toEqual(
      new Set(['attempt', 'hedge', 'when', 'abort', 'win', 'lateResult', 'dispose']),
    )
    expect(seen.filter(([, of]) => of === 'one')).toHaveLength(seen.length / 2)
    expect(seen.filter(([, of]) => of === 'two')).toHaveLength(seen.length / 2)
  })
})
