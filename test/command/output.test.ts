import { expect, it } from 'vitest'
import { type Output, writeAll } from '../../src/command/output.ts'

const piece = 'x'.repeat(1 << 16)

it('text is written no faster than it is read', async () => {
  const written: string[] = []
  const waiting: (() => void)[] = []
  const output: Output = {
    write: (text) => {
      written.push(text)
      return false
    },
    once: (event, listener) => event === 'drain' && waiting.push(listener),
  }
  const done = writeAll(output, [piece, 'a', piece, 'b'])
  for (let count = 1; count <= 3; count++) {
    await new Promise((resolve) => setImmediate(resolve))
    expect(written).toHaveLength(count)
    waiting.shift()?.()
  }
  await done

  expect(written.join('')).toBe(`${piece}a${piece}b`)
})

it('writing stops when the reader closes the pipe', async () => {
  const written: string[] = []
  let destroyed = false
  const output: Output = {
    get destroyed() {
      return destroyed
    },
    write: (text) => {
      written.push(text)
      return false
    },
    once: (event, listener) => {
      if (event !== 'close') return
      destroyed = true
      listener()
    },
  }
  await writeAll(output, [piece, piece, piece])
  await writeAll(output, ['a'])

  expect(written).toEqual([piece, 'a'])
})
