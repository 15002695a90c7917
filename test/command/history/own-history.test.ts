import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { fileStore } from '../../../src/adapters/file/store/file-store.ts'
import { lineOf } from '../../../src/adapters/file/store/line.ts'
import { availabilityTracker } from '../../../src/full-tracker/tracker.ts'
import { virtualClock } from '../../../src/testing/virtual-clock.ts'
import { command } from '../support/command.ts'

const hour = 3_600_000
const folder = mkdtempSync(join(tmpdir(), 'holdfast-history-'))
const at = (name: string): string => join(folder, name)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Up for ten hours, down for one, up for one, at a store if one is given; gives the snapshot at the end. */
async function lived(path: string | undefined, snapshotEvery: '1h' | '1000h' = '1000h') {
  const clock = virtualClock({ wall: Date.parse('2026-01-05T00:00:00Z') })
  const store = path === undefined ? undefined : fileStore(path, { durability: 'none', clock })
  const tracker = availabilityTracker({ clock, snapshotEvery, ...(store && { store }) })
  if (store !== undefined) await tracker.ready()
  const db = tracker.component('db')
  db.up()
  await clock.advance('10h')
  db.down()
  await clock.advance('1h')
  db.up()
  await clock.advance('1h')
  if (store !== undefined) await tracker.flush()
  const snapshot = tracker.snapshot()
  tracker.close()
  if (store !== undefined) await tracker.closed
  return snapshot
}

async function reported(path: string, ...argv: readonly string[]) {
  const { code, out, err } = await command(['report', path, '--format', 'json', ...argv], {
    now: '2026-01-05T20:00:00Z',
  })
  return { code, err, components: code === 0 ? JSON.parse(out).components : undefined }
}

describe('the history of a tracker', () => {
  it('is read from the log of its store, which is not changed', async () => {
    await lived(at('a.log'))
    const before = readdirSync(folder).map((name) => [name, readFileSync(at(name), 'utf8')])
    const { code, err, components } = await reported(at('a.log'))

    expect(code, err).toBe(0)
    expect(components).toMatchObject({ db: { uptime: 11 * hour, downtime: hour, failures: 1, coverage: 1 } })
    expect(err).toMatch(/a\.log: the history of a tracker; 1 component, last written 2026-01-05T12:00:00\.\d+Z\n$/)
    expect(readdirSync(folder).map((name) => [name, readFileSync(at(name), 'utf8')])).toEqual(before)
  })

  it('is unknown after its end', async () => {
    const { components } = await reported(at('a.log'), '--window', '2026-01-05')

    expect(components).toMatchObject({ db: { uptime: 11 * hour, downtime: hour, unknown: 12 * hour } })
    const { components: first } = await reported(at('a.log'), '--window', '5h', '--until', 'end')
    expect(first).toMatchObject({ db: { uptime: 4 * hour, downtime: hour } })
  })

  it('is read with the snapshot beside the log', async () => {
    await lived(at('b.log'), '1h')
    const { err, components } = await reported(at('b.log'))

    expect(components).toMatchObject({ db: { uptime: 11 * hour, downtime: hour } })
    expect(err).toContain('b.log: the history of a tracker, with its snapshot; ')
    const { components: alone, err: said } = await reported(at('b.log.snapshot'))
    expect(alone.db.uptime).toBeGreaterThanOrEqual(hour)
    expect(said).toContain('the snapshot in the store of a tracker; ')
  })

  it('is read from a snapshot that was saved', async () => {
    const snapshot = await lived(undefined)
    for (const [indent, padding] of [
      [undefined, 0],
      [2, 100_000],
    ]) {
      writeFileSync(at('snapshot.json'), `${JSON.stringify(snapshot, undefined, indent)}${' '.repeat(padding ?? 0)}`)
      const { err, components } = await reported(at('snapshot.json'))

      expect(components).toMatchObject({ db: { uptime: 11 * hour, downtime: hour } })
      expect(err).toContain('snapshot.json: a snapshot of a tracker; 1 component')
    }
  })

  it('is read from standard input', async () => {
    const stdin = readFileSync(at('a.log'), 'utf8')
    const { code, err } = await command(['report', '-'], { stdin })

    expect(code).toBe(0)
    expect(err).toContain('standard input: the history of a tracker; 1 component')
  })

  it('is read without damaged lines, which are counted, except for a torn end', async () => {
    const lines = readFileSync(at('a.log'), 'utf8').split('\n')
    lines.splice(2, 0, '00000000 {"seq":0}')
    writeFileSync(at('damaged.log'), `${lines.join('\n')}1234`)
    const { code, err } = await reported(at('damaged.log'))

    expect(code, err).toBe(0)
    expect(err).toContain('the history of a tracker, 1 of its lines are damaged and skipped; ')
  })

  it.each([
    [lineOf({ format: 'holdfast.availability.log', version: 2 }), 'has version 2; only version 1 can be read'],
    [lineOf({ format: 'holdfast.availability.store', version: 2 }), 'has version 2; only version 1 can be read'],
    ['00000000 {"format":"holdfast.availability.log","version":1}\n', 'has version undefined'],
    [lineOf({ format: 'holdfast.availability.log', version: 1 }), 'the history is empty'],
    [
      lineOf({ format: 'holdfast.availability.log', version: 1 }) + lineOf({ seq: 'x' }),
      'the history of the tracker cannot be used: availabilityTracker: the record after number 0 is not sound',
    ],
    ['{"format":"holdfast.availability","version":1', 'it must be JSON'],
    ['{"format":"holdfast.availability","version":2}', 'it must be an availability snapshot of version 1'],
  ])('is refused if it cannot be used: %j', async (text, message) => {
    writeFileSync(at('bad.log'), text)
    const { code, err } = await reported(at('bad.log'))

    expect(code).toBe(1)
    expect(err).toContain(message)
  })

  it.each([
    [['--by', 'x'], '--by'],
    [['--duration', 'x'], '--duration'],
    [['--state-map', 'x=up'], '--state-map'],
    [['--as', 'jira'], '--as'],
  ])('accepts no options about columns: %j', async (argv, option) => {
    const { code, err } = await reported(at('a.log'), ...argv)

    expect(code).toBe(2)
    expect(err).toBe(`holdfast: ${option} cannot be used here: this is the history of a tracker\n`)
  })
})
