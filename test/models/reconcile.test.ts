/**
 * The reconcile loop in random interleavings of changes, flushes, runs that end or fail, and a close.
 *
 * The model: runs never overlap; a change is covered by a run that starts after it, and changes during one run are covered by
 * exactly one further run; after `close` has resolved nothing runs.
 */
import fc from 'fast-check'
import { virtualClock } from 'holdfast/testing'
import { expect, it } from 'vitest'
import { ReconcileLoop, settleFor } from '../../src/reconcile/reconcile-loop.ts'
import { type Deferred, deferred } from '../composition/deferred.ts'
import { runs } from '../effort.ts'

type Command =
  | { readonly do: 'change' | 'flush' | 'close' }
  | { readonly do: 'postpone' | 'advance'; readonly ms: number }
  | { readonly do: 'end'; readonly ok: boolean }

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('change' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('flush' as const) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('end' as const), ok: fc.boolean() }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(0, 1, 5, settleFor, 50, 200) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('postpone' as const), ms: fc.constantFrom(0, 5, 50) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const) }) },
)

const pause = 100

async function play(commands: readonly Command[]): Promise<void> {
  const clock = virtualClock()
  let version = 0
  /** What the source had when the last run started. */
  let covered = 0
  let running: Deferred<number> | undefined
  /** A scheduled run has a reason: a change since the last one, or its pause is over. */
  let changed = true
  let lastEnd = 0
  let flushes = 0
  let count = 0
  const broken: string[] = []
  let closed = false
  const loop = new ReconcileLoop<number>('kind', clock, {
    async run() {
      if (running !== undefined) broken.push('two runs at once')
      if (closed) broken.push('a run after the end')
      const flush = flushes > 0
      if (flush) flushes--
      else {
        if (!changed && clock.now() - lastEnd < pause) broken.push('a run without a reason')
        changed = false
      }
      running = deferred<number>()
      covered = version
      count++
      try {
        return await running.promise
      } finally {
        running = undefined
        if (!flush) lastEnd = clock.now()
      }
    },
    pauseAfter: () => pause,
  })
  const end = async (ok: boolean): Promise<void> => {
    if (ok) running?.resolve(0)
    else running?.reject(new Error('down'))
    await clock.advance(0)
  }
  const ended: Promise<unknown>[] = []
  for (const each of commands) {
    if (each.do === 'change') {
      version++
      changed = true
      loop.changed()
    } else if (each.do === 'flush') {
      const flushed = loop.flush()
      if (!loop.closed) flushes++
      ended.push(flushed.catch(() => {}))
    } else if (each.do === 'postpone') loop.postpone(each.ms)
    else if (each.do === 'advance') await clock.advance(each.ms)
    else if (each.do === 'end') await end(each.ok)
    else {
      ended.push(
        loop.close().then(() => {
          if (running !== undefined) broken.push('closed while a run was under way')
          closed = true
        }),
      )
    }
  }
  // The runs under way and queued end; then one more run covers what changed during the last of them, unless it is closed.
  await clock.advance(0)
  while (running !== undefined) await end(true)
  await Promise.all(ended)
  const before = { count, stale: covered < version }
  await clock.advance(pause - 1)
  while (running !== undefined) await end(true)
  if (loop.closed) expect(count).toBe(before.count)
  else {
    expect(covered).toBe(version)
    if (before.stale) expect(count).toBe(before.count + 1)
  }
  await loop.close()
  closed = true
  await clock.advance('1h')
  expect(clock.pending).toBe(0)
  expect(broken).toEqual([])
}

it('runs one at a time, once more after changes during a run, and not after it is closed', async () => {
  await fc.assert(fc.asyncProperty(fc.array(command, { maxLength: 40, size: 'max' }), play), { numRuns: runs(500) })
})
