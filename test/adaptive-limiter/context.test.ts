import { AsyncLocalStorage } from 'node:async_hooks'
import { adaptiveLimiter } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { expect, it } from 'vitest'
import { deferred } from '../composition/deferred.ts'

it('runs each call, and listeners about it, in its caller’s async context, whatever ended its wait', async () => {
  const contexts = new AsyncLocalStorage<string>()
  const clock = virtualClock()
  const limiter = adaptiveLimiter({ initial: 1, max: 1, queue: 9, order: 'fifo', maxWait: 50, clock })
  const seen: unknown[] = []
  const see = (what: string) => seen.push([what, contexts.getStore()])
  limiter.on('dequeue', () => see('dequeue'))
  limiter.on('reject', () => see('reject'))
  const gate = deferred()
  const call = (name: string) => contexts.run(name, () => limiter.execute(() => see('run')).catch(() => see('catch')))
  const first = contexts.run('first', () => limiter.execute(() => gate.promise))
  const late = call('late')
  await clock.advance(40)
  const second = call('second')
  await clock.advance(10)
  await late
  await contexts.run('other', async () => gate.resolve(1))
  await Promise.all([first, second])
  expect(seen).toEqual([
    ['reject', 'late'],
    ['catch', 'late'],
    ['dequeue', 'second'],
    ['run', 'second'],
  ])
})
