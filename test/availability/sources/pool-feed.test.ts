import { availabilityTracker } from 'holdfast/availability'
import { policy } from 'holdfast/pipeline'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { policyOf } from '../../../src/core/policy-of.ts'

describe('the members of a pool, from its events alone', () => {
  /** A policy whose description and events are those of a pool. */
  function double(members: readonly string[]) {
    const clock = virtualClock()
    const stand = policy('api', (_call, next) => next())
    const base = policyOf(stand)
    if (base === undefined) throw new Error('no policy')
    base.adopt({ clock })
    const description = { ...base.describe(), kind: 'failoverPool', members }
    base.describe = () => description
    const tracker = availabilityTracker({ clock })
    const watching = tracker.watch(stand)
    const emit = (event: string, details: object = {}, kind = 'failoverPool', name = 'api'): void =>
      base.events.emit(event, { policy: name, kind, ...details })
    const guard = (event: string, member: string, details: object = {}): void =>
      emit(event, { pool: 'api', member, ...details }, 'circuitBreaker', 'guard')
    const states = (name: string): unknown[] => tracker.timeline(name).map(({ time, state }) => [time, state])
    return { clock, tracker, watching, emit, guard, states }
  }

  it('are in maintenance while their guard is isolated, and the pool when all are', async () => {
    const { clock, emit, guard, states } = double(['a', 'b'])
    emit('success', { member: 'a' })
    guard('success', 'b')
    await clock.advance(10)
    guard('isolate', 'a')
    await clock.advance(10)
    guard('isolate', 'b')
    await clock.advance(10)
    guard('close', 'a', { from: 'isolated' })
    await clock.advance(10)
    guard('success', 'a')

    expect(states('api/a')).toEqual([
      [0, 'up'],
      [10, 'maintenance'],
      [30, 'unknown'],
      [40, 'up'],
    ])
    expect(states('api')).toEqual([
      [0, 'up'],
      [20, 'maintenance'],
      [30, 'unknown'],
      [40, 'up'],
    ])
  })

  it('are down together with what is isolated only where another is down', async () => {
    const { clock, emit, guard, states } = double(['a', 'b'])
    emit('success', { member: 'a' })
    emit('success', { member: 'b' })
    await clock.advance(10)
    guard('disable', 'a')
    guard('isolate', 'a')
    await clock.advance(10)
    guard('open', 'b', { since: 15, cause: 'rate' })
    await clock.advance(10)
    guard('close', 'b', { from: 'half-open' })

    expect(states('api')).toEqual([
      [0, 'up'],
      [15, 'down'],
      [30, 'up'],
    ])
  })

  it('make the pool unknown while nothing serves and one of them has not shown itself', async () => {
    const { clock, emit, states } = double(['a', 'b'])
    emit('success', { member: 'a' })
    await clock.advance(10)
    emit('eject', { member: 'a', since: 5 })
    await clock.advance(10)
    emit('eject', { member: 'b', since: 'soon' })
    emit('eject', { member: 'b', since: 19 })

    expect(states('api')).toEqual([
      [0, 'up'],
      [5, 'unknown'],
      [20, 'down'],
    ])
  })

  it('are only those it has', () => {
    const { emit, guard, tracker } = double([])
    emit('eject', { member: 'x' })
    emit('restore')
    guard('open', 'x')
    emit('open', { pool: 'other', member: 'x' }, 'circuitBreaker')
    emit('open', { pool: 'api' }, 'circuitBreaker')
    emit('eject', { member: 'x' }, 'failoverPool', 'other')
    emit('eject', { member: 'x' }, 'somethingElse')
    emit('membersChanged', { added: 'all', removed: ['x', 5] })
    emit('membersChanged', { added: ['y', 'y'] })

    expect(Object.keys(tracker.report().components)).toEqual(['api', 'api/y'])
    expect(tracker.report().availability).toBeNull()
  })

  it('are changed no further back than the members themselves', async () => {
    const { clock, emit, states } = double(['a', 'b'])
    emit('success', { member: 'a' })
    emit('success', { member: 'b' })
    await clock.advance(10)
    emit('membersChanged', { removed: ['b'] })
    await clock.advance(10)
    emit('eject', { member: 'a', since: 5 })

    expect(states('api/a')).toEqual([
      [0, 'up'],
      [5, 'down'],
    ])
    expect(states('api')).toEqual([
      [0, 'up'],
      [10, 'down'],
    ])
  })

  it('recompute the pool from where one of them is corrected', async () => {
    const { clock, tracker, emit, states } = double(['a', 'b'])
    for (const [event, member] of [
      ['restore', 'a'],
      ['eject', 'a'],
      ['restore', 'b'],
      ['eject', 'b'],
    ]) {
      emit(event as string, { member })
      await clock.advance(10)
    }
    expect(states('api')).toEqual([
      [0, 'up'],
      [10, 'unknown'],
      [20, 'up'],
      [30, 'down'],
    ])
    tracker.component('api/a').down({ time: 5 })
    tracker.component('api/b').down({ time: 15 })

    expect(states('api')).toEqual([
      [0, 'up'],
      [5, 'unknown'],
      [15, 'down'],
    ])
    expect(tracker.report({ component: 'api' }).outages[0]).toMatchObject({ start: 15, detected: 30 })
  })

  it('are left alone when the pool is not watched any more', async () => {
    const { clock, guard, emit, watching, states } = double(['a'])
    emit('success', { member: 'a' })
    guard('open', 'a')
    await clock.advance(10)
    watching.stop()
    guard('close', 'a', { from: 'half-open' })

    expect(states('api/a')).toEqual([
      [0, 'down'],
      [10, 'unknown'],
    ])
    expect(states('api')).toEqual(states('api/a'))
  })
})
