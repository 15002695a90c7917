import { timeout } from 'holdfast'
import { dashboard } from 'holdfast/dashboard'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { fakeResponse } from '../fake-response.ts'
import { untyped } from '../untyped.ts'

describe('a connection', () => {
  const streaming = { method: 'GET', url: '/?events', headers: {} }

  it('that takes nothing for 30 s is broken', async () => {
    const clock = virtualClock()
    const { response } = fakeResponse()
    void untyped(dashboard({ clock, keep: 0 }).handler)(streaming, response)
    response.writableLength = 100
    await clock.advance('29s')
    response.writableLength = 50
    await clock.advance('1s')
    await clock.advance('29s')
    expect(response.destroy).not.toHaveBeenCalled()
    await clock.advance('2s')

    expect(response.destroy).toHaveBeenCalledOnce()
    expect(clock.pending).toBe(0)
  })

  it('on which more than 1 MB waits beyond its greeting is broken', async () => {
    const clock = virtualClock()
    const { response } = fakeResponse()
    void untyped(dashboard({ clock, keep: 0 }).handler)(streaming, response)
    response.writableLength = 1_000_000 + response.text.length
    await clock.advance(500)
    expect(response.destroy).not.toHaveBeenCalled()
    response.writableLength++
    await clock.advance(500)

    expect(response.destroy).toHaveBeenCalledOnce()
  })

  it.each(['close', 'error'])('is released when it emits `%s`', async (event) => {
    const clock = virtualClock()
    const { response, emit } = fakeResponse()
    void untyped(dashboard({ clock, keep: 0 }).handler)(streaming, response)
    expect(clock.pending).toBe(1)

    emit(event)
    emit(event)

    expect(clock.pending).toBe(0)
    expect(response.destroy).not.toHaveBeenCalled()
  })

  it('that fails to write, end or close does not affect others', async () => {
    const clock = virtualClock()
    const faults: string[] = []
    const broken = (): never => {
      throw new Error('broken')
    }
    const board = dashboard({ clock, keep: 0, onFault: ({ source }) => faults.push(source) })
    const [bad, good, hard] = [fakeResponse(), fakeResponse(), fakeResponse()]
    for (const { response } of [bad, good, hard]) void untyped(board.handler)(streaming, response)
    bad.response.write = broken
    bad.response.destroy.mockImplementation(broken)
    hard.response.end.mockImplementation(broken)
    board.watch(timeout('1s'))
    await clock.advance(500)

    expect(good.response.text).toContain('policy:timeout')
    expect(faults).toEqual(['stream', 'stream'])
    board.close()
    expect(faults).toHaveLength(3)
    expect(good.response.end).toHaveBeenCalledOnce()
    expect(clock.pending).toBe(0)
  })
})
