import { circuitBreaker } from 'holdfast'
import { describe, expect, it } from 'vitest'
import { open } from '../client.ts'
import { attempt, fail, shown } from './shown.ts'

describe('a circuit breaker', () => {
  it('shows its state, since when, and its rejections', async () => {
    const { clock, board } = shown([])
    const breaker = circuitBreaker({ name: 'db', clock, consecutiveFailures: 1, openFor: '500ms' })
    board.watch(breaker)
    const stream = await open(board)
    const fact = () => stream.facts.get('breaker:["db",null,null,"db"]')
    expect(fact()).toMatchObject({ state: 'closed', since: 1_000_000, openings: 0, rejections: 0, isolatedHere: false })
    await clock.advance(100)
    await attempt(breaker, fail)
    await attempt(breaker)
    await clock.advance(400)
    await stream.frames()
    expect(fact()).toMatchObject({ state: 'open', since: 1_000_100, openings: 1, rejections: 1 })
    await clock.advance(500)
    await attempt(breaker)
    await clock.advance(500)
    await stream.frames()

    expect(fact()).toMatchObject({ state: 'closed', since: 1_001_000, openings: 1 })
  })
})
