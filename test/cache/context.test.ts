import { AsyncLocalStorage } from 'node:async_hooks'
import { cache, circuitBreaker, pipeline } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'

const key = 'k'

describe('the async context', () => {
  it('is that of the caller in a call, and none in a refresh', async () => {
    const contexts = new AsyncLocalStorage<string>()
    const clock = virtualClock()
    const seen: [string, string | undefined][] = []
    const see = (what: string) => seen.push([what, contexts.getStore()])
    const policy = cache({
      ttl: () => {
        see('ttl')
        return 10
      },
      storeWhen: () => {
        see('storeWhen')
        return true
      },
      when: (outcome) => {
        see('when')
        return !outcome.ok
      },
      staleWhileRevalidate: 1000,
      refreshCooldown: 0,
      clock,
    })
    const all = pipeline({ clock }, policy, circuitBreaker())
    for (const event of ['store', 'stale', 'refreshError'] as const) policy.on(event, () => see(event))
    const run = async () => {
      see('run')
      await undefined
      see('later')
      if (seen.some(([what]) => what === 'fail')) throw new Error('down')
      return 1
    }
    await contexts.run('first', () => all.execute(run, { key }))
    expect(seen.map(([what]) => what)).toEqual(['run', 'later', 'when', 'storeWhen', 'ttl', 'store'])
    expect(new Set(seen.map(([, context]) => context))).toEqual(new Set(['first']))
    await clock.advance(10)

    seen.length = 0
    await contexts.run('second', () => all.execute(run, { key }))
    await contexts.run('test', () => clock.advance(0))
    expect(seen).toEqual([
      ['stale', 'second'],
      ['run', undefined],
      ['later', undefined],
      ['when', undefined],
      ['storeWhen', undefined],
      ['ttl', undefined],
      ['store', undefined],
    ])
    await clock.advance(10)

    seen.length = 0
    seen.push(['fail', undefined])
    await contexts.run('third', () => all.execute(run, { key }))
    await contexts.run('test', () => clock.advance(0))
    expect(seen.slice(1)).toEqual([
      ['stale', 'third'],
      ['run', undefined],
      ['later', undefined],
      ['when', undefined],
      ['refreshError', undefined],
    ])
    await clock.advance(10)

    seen.length = 0
    const hangs = () => new Promise(() => {})
    await contexts.run('fourth', () => all.execute(hangs, { key }))
    await contexts.run('test', () => clock.advance(30_000))
    expect(seen).toEqual([
      ['stale', 'fourth'],
      ['when', undefined],
      ['refreshError', undefined],
    ])
  })
})
