import { virtualClock } from 'holdfast/testing'
import { expect, it } from 'vitest'
import type { Scope } from '../../src/core/hooks.ts'
import { Reservations } from '../../src/rate-limiter/reservations.ts'

it('starts no call that was given up before its context was reached', async () => {
  const clock = virtualClock()
  const queue = new Reservations({ clock })
  const reached: (() => void)[] = []
  const proceeded: number[] = []
  const scopeOf = (over: boolean) => ({
    over,
    note() {},
    waitContext: () => ({ runInAsyncScope: (work: () => void) => reached.push(work) }),
    proceed: (index: number) => proceeded.push(index),
  })
  const reserved = { start: 10, cost: 1, mark: undefined, taking: 1 }
  queue.add(scopeOf(true) as unknown as Scope, 1, reserved, 10, 0)
  queue.add(scopeOf(false) as unknown as Scope, 2, reserved, 10, 0)
  await clock.advance(10)
  for (const work of reached) work()

  expect(proceeded).toEqual([2])
  expect([queue.length, clock.pending]).toEqual([0, 0])
})
