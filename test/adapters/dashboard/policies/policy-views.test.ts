import { circuitBreaker, pipeline, retry, timeout } from 'holdfast'
import { describe, expect, it } from 'vitest'
import { open } from '../client.ts'
import { shown } from './shown.ts'

describe('a policy in several places', () => {
  it('is shown where it was found first, as long as one of the places is watched', async () => {
    const shared = circuitBreaker({ name: 'db' })
    const [one, two] = ['one', 'two'].map((name) => pipeline(name, retry(1), shared)) as [never, never]
    const { clock, board } = shown([])
    const [first, second] = [board.watch(one), board.watch(two)]
    const stream = await open(board)
    const id = 'breaker:["one",null,null,"db"]'
    expect(stream.facts.get('policy:two')).toMatchObject({ stages: [{}, { fact: id }] })
    first.stop()
    await clock.advance(500)
    await stream.frames()
    expect(stream.facts.has(id)).toBe(true)
    expect(stream.facts.has('policy:one')).toBe(false)

    // Another pipeline with that name brings another breaker with that name.
    board.watch(pipeline('one', circuitBreaker({ name: 'db' })))
    second.stop()
    await clock.advance(500)
    await stream.frames()

    expect(stream.facts.has(id)).toBe(false)
    expect(stream.facts.get('breaker:["one",null,null,"db#2"]')).toMatchObject({ name: 'db#2', policy: 'one' })
  })

  it('is shown once if it is twice in a pipeline', async () => {
    const limit = timeout('1s')
    const { board } = shown([pipeline('pay', limit, retry(1), limit)])

    const { facts } = await open(board)

    const id = 'timeout:["pay",null,null,"timeout"]'
    expect(facts.get('policy:pay')).toMatchObject({ stages: [{ fact: id }, {}, { fact: id }] })
    expect([...facts.keys()].filter((key) => key.startsWith('timeout:'))).toEqual([id])
  })
})
