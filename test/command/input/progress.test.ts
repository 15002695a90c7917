import { expect, it } from 'vitest'
import { Progress } from '../../../src/command/input/progress.ts'

async function shown(isTTY: boolean, times: readonly number[]): Promise<readonly string[]> {
  const written: string[] = []
  const clock = [0, ...times]
  const screen = { isTTY, write: (text: string) => written.push(text) }
  const progress = new Progress(screen, () => clock.shift() as number)
  async function* bytes() {
    for (const _ of times) yield new Uint8Array(500_000)
  }
  let read = 0
  for await (const chunk of progress.watch(bytes())) read += chunk.length
  progress.done()
  expect(read).toBe(times.length * 500_000)
  return written
}

it('progress is shown on a terminal after a second, then four times a second, and removed', async () => {
  expect(await shown(true, [500, 999, 1000, 1100, 1250, 2000])).toEqual([
    '\rholdfast: 1.5 MB read',
    '\rholdfast: 2.5 MB read',
    '\rholdfast: 3.0 MB read',
    '\r\u001B[K',
  ])
})

it('progress is not shown for a short log, and never in a pipe', async () => {
  expect(await shown(true, [10, 500])).toEqual([])
  expect(await shown(false, [1000, 9000])).toEqual([])
})

it('progress uses the real clock', () => {
  expect(() => new Progress({ write: () => {} }).done()).not.toThrow()
})
