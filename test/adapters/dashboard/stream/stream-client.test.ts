import { timeout } from 'holdfast'
import { type DashboardOptions, dashboard } from 'holdfast/dashboard'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { ask, open } from '../client.ts'

function made(options: DashboardOptions = {}) {
  const clock = virtualClock({ wall: 1_000_000 })
  return { clock, board: dashboard({ clock, ...options }) }
}

describe('a reader of a web stream that is slow', () => {
  /** Every change sends more than `size` characters. */
  function changing() {
    const clock = virtualClock()
    const faults: string[] = []
    const board = dashboard({ clock, maxClients: 1, keep: 0, onFault: ({ source }) => faults.push(source) })
    let round = 0
    let watching = { stop() {} }
    const change = async (size: number) => {
      watching.stop()
      watching = board.watch(timeout({ after: '1s', name: `${round++}`.padEnd(size, 'x') }))
      await clock.advance(500)
    }
    return { clock, board, change, faults }
  }

  it('is disconnected if more than 1 MB waits for it', async () => {
    const { board, change, faults } = changing()
    const { body } = await ask(board, '?events')
    for (let round = 0; round < 4; round++) await change(10_000)
    expect((await ask(board, '?events')).status).toBe(503)
    for (let round = 0; round < 10; round++) await change(10_000)

    expect((await ask(board, '?events')).status).toBe(200)
    await expect((body as ReadableStream).getReader().read()).rejects.toThrow('holdfast: the reader is too slow')
    expect(faults).toEqual([])
  })

  it('is disconnected if it takes nothing for 30 s', async () => {
    const { clock, board } = changing()
    const { body } = await ask(board, '?events')
    await clock.advance('29s')
    expect((await ask(board, '?events')).status).toBe(503)
    await clock.advance('2s')

    expect((await ask(board, '?events')).status).toBe(200)
    await expect((body as ReadableStream).getReader().read()).rejects.toThrow('too slow')
  })

  it('stays connected while it takes something', async () => {
    const { clock, board } = changing()
    const reader = ((await ask(board, '?events')).body as ReadableStream<Uint8Array>).getReader()
    for (let round = 0; round < 10; round++) {
      await clock.advance('20s')
      await reader.read()
    }

    expect((await ask(board, '?events')).status).toBe(503)
  })
})

describe('a page that sends heartbeats', () => {
  it('stays connected, and one that sends none for 4 min is disconnected', async () => {
    const { clock, board } = made({ maxClients: 2 })
    const [page, silent] = [await open(board), await open(board)]
    expect(page.hello.stream).not.toBe(silent.hello.stream)
    for (let round = 0; round < 11; round++) {
      await clock.advance('20s')
      expect((await ask(board, `?heartbeat=${page.hello.stream}`)).status).toBe(200)
    }
    await clock.advance('19s')
    expect((await ask(board, '?events')).status).toBe(503)
    await clock.advance('1s')
    await page.frames()
    await silent.frames()

    expect([page.ended, silent.ended]).toEqual([false, true])
    expect((await ask(board, `?heartbeat=${silent.hello.stream}`)).status).toBe(404)
    await page.leave()
    expect((await ask(board, `?heartbeat=${page.hello.stream}`)).status).toBe(404)
    expect(clock.pending).toBe(0)
  })
})
