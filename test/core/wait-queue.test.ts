import { type VirtualClock, virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import type { Clock } from '../../src/core/clock.ts'
import type { Scope } from '../../src/core/hooks.ts'
import { type QueueOwner, WaitQueue, type WaitReason } from '../../src/core/wait-queue.ts'

/** A queue in front of `places` places, and what happened to the calls in it. */
function queueOf(places: number, clock: VirtualClock = virtualClock()) {
  const log: unknown[] = []
  const owner: QueueOwner & { places: number } = {
    places,
    clock: clock as Clock,
    takePlace: () => owner.places > 0 && owner.places-- > 0,
    admitted: (scope, _index, waited) => void log.push([scope.key, 'admitted', waited]),
    tooLong: (_scope, _index, reason) => new Error(reason),
  }
  const queue = new WaitQueue(owner)
  const call = (key: string, deadline?: { readonly at: number; readonly enforced: boolean }): Scope => {
    const notes: unknown[] = []
    return {
      key,
      over: false,
      limit: deadline === undefined ? undefined : { ...deadline, outside: undefined },
      now: () => clock.now(),
      remaining: (_clock: Clock, now: number) =>
        deadline === undefined ? Number.POSITIVE_INFINITY : deadline.at - now,
      note: (index: number, note: unknown) => void notes.splice(index, 1, note),
      noteOf: (index: number) => notes[index],
      notEntered: () => {},
      waitContext: () => undefined,
      refuse: (_index: number, error: Error) => void log.push([key, 'refused', error.message]),
    } as unknown as Scope
  }
  return { owner, queue, clock, log, call }
}

describe('a wait queue', () => {
  it('admits calls first in, first out, while there are places', () => {
    const { owner, queue, log, call } = queueOf(2)
    for (const key of ['a', 'b', 'c']) queue.add(call(key), 0, undefined, false)
    queue.admit()
    expect(log).toEqual([
      ['a', 'admitted', undefined],
      ['b', 'admitted', undefined],
    ])
    expect(queue.length).toBe(1)

    owner.places = 1
    queue.admit()
    expect(log).toHaveLength(3)
    expect(queue.length).toBe(0)
  })

  it('lets a call leave from any position, once', () => {
    const { owner, queue, log, call } = queueOf(0)
    const calls = ['a', 'b', 'c'].map((key) => call(key))
    for (const scope of calls) queue.add(scope, 0, undefined, false)
    expect(queue.leave(calls[1] as Scope, 0)).toBe(true)
    expect(queue.leave(calls[1] as Scope, 0)).toBe(false)
    owner.places = 3
    queue.admit()

    expect(log.map((entry) => (entry as string[])[0])).toEqual(['a', 'c'])
  })

  it('refuses a call after `maxWait` or at its deadline, whichever is first', async () => {
    const { queue, clock, log, call } = queueOf(0)
    queue.add(call('a', { at: 200, enforced: false }), 0, 100, false)
    queue.add(call('b', { at: 50, enforced: false }), 0, 100, false)
    await clock.advance(300)

    expect(log).toEqual([
      ['b', 'refused', 'deadline'],
      ['a', 'refused', 'maxWait'],
    ])
    expect(queue.length).toBe(0)
  })

  it.each<[WaitReason, number | undefined, number]>([
    ['maxWait', 0, 100],
    ['deadline', undefined, 0],
    ['deadline', 10, -1],
  ])('does not take a call without time to wait: %s', (reason, maxWait, at) => {
    const { queue, call } = queueOf(0)

    expect(queue.add(call('a', { at, enforced: false }), 0, maxWait, false)).toBe(reason)
    expect(queue.length).toBe(0)
  })

  it('leaves the end of a wait at an enforced deadline to the timeout outside', async () => {
    const { queue, clock, log, call } = queueOf(0)
    queue.add(call('a', { at: 50, enforced: true }), 0, undefined, false)
    await clock.advance(100)

    expect(log).toEqual([])
    expect(queue.length).toBe(1)
  })

  it('passes on how long a call waited, on request', async () => {
    const { owner, queue, clock, log, call } = queueOf(0)
    queue.add(call('a'), 0, undefined, true)
    await clock.advance(30)
    owner.places = 1
    queue.admit()

    expect(log).toEqual([['a', 'admitted', 30]])
  })
})
