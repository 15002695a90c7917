import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { Instants } from '../../src/command/instants/instants.ts'
import { JsonLog } from '../../src/command/json/json-log.ts'
import { LogReading } from '../../src/command/log-reading.ts'
import { command, logOf, removeFolder, report, reportsOf } from './support/command.ts'

const hour = 3_600_000
const times = '2026-01-05T10:00:00Z,2026-01-05T11:00:00Z'

afterAll(removeFolder)

async function said(text: string, argv: readonly string[] = []): Promise<string> {
  const { code, err } = await report(text, argv)
  expect(code, err).toBe(0)
  return err.trimEnd()
}

async function refused(text: string, argv: readonly string[] = []): Promise<readonly [number, string]> {
  const { code, out, err } = await report(text, argv)
  expect(out).toBe('')
  return [code, err.trimEnd()]
}

describe('the summary of how a log was read', () => {
  it('is one line, and omitted with --quiet', async () => {
    const log = `start,end,component\n${times},api\n`

    expect(await said(log)).toBe(
      'holdfast: standard input: CSV, incidents; start "start", end "end", component "component"; 1 entry on 1 component; up outside of its incidents',
    )
    expect(await said(log, ['--quiet'])).toBe('')
    expect(await said(log, ['-qf', 'json'])).toBe('')
  })

  it.each([
    ['start,end\n1767607200,1767610800000\n', [], 'numbers are seconds and milliseconds since 1970'],
    ['start,end\n1767607200000000,1767610800000000000\n', [], 'numbers are microseconds and nanoseconds since 1970'],
    [
      'start,end\n1/5/2026,1/6/2026\n',
      ['--input-zone', 'Europe/Berlin'],
      'times without an offset are in Europe/Berlin; dates such as 1/2/2026 have their month first',
    ],
    [
      'start;end\n1/5/2026;1/6/2026\n',
      ['--day-first'],
      'CSV with semicolons, incidents; start "start", end "end"; 1 entry on 1 component; up outside of its incidents; times without an offset are in UTC; dates such as 1/2/2026 have their day first',
    ],
    ['start\tend\n2026-01-05\t2026-01-06\n', [], 'CSV with tabs'],
    ['start^end\n2026-01-05^2026-01-06\n', ['--separator', '^'], 'CSV with "^"'],
    [`start,end,status\n${times},resolved\n`, [], 'words such as "resolved" do not name a state, so all are down'],
    [`[{"start":"2026-01-05","component":"x"}]`, [], 'a list in JSON, events of tracker.record; start "start"'],
    [
      `{"incidents":[{"start":"2026-01-05","end":null,"svc":"x"}]}`,
      ['--by', 'svc'],
      'JSON, incidents; start "start", end "end", component "svc"',
    ],
    [`start,end,host,node\n${times},h,n\n`, ['--by', 'host', '--by', 'node'], 'component "host" and "node"'],
  ])('for %j with %j is printed', async (text, argv, what) => {
    expect(await said(text, argv)).toContain(what)
  })

  it('includes compression and encoding', async () => {
    const text = `start,end,component\n${times},Zürich\n`
    const of = async (name: string, bytes: Uint8Array, ...argv: readonly string[]) => {
      const { code, out, err } = await command(['report', logOf(name, bytes), '-f', 'csv', ...argv])
      expect(code, err).toBe(0)
      return { out, err }
    }
    const packed = await of('log.csv.gz', gzipSync(Buffer.from(text, 'utf16le')))
    const latin = Buffer.from(text, 'latin1')
    const [damaged, named] = [await of('latin.csv', latin), await of('latin.csv', latin, '--encoding', 'latin1')]

    expect(packed.err).toContain('log.csv.gz: CSV, UTF-16LE, gzip, incidents; ')
    expect(packed.out).toContain('\r\nZürich,')
    expect(damaged.err).toContain(
      'latin.csv: CSV, some bytes are not UTF-8 (choose another with --encoding), incidents; ',
    )
    expect(named.err).toContain('latin.csv: CSV, WINDOWS-1252, incidents; ')
    expect(named.out).toContain('\r\nZürich,')
  })
})

describe('a log of periods', () => {
  it('is unknown between its periods', async () => {
    const log = `state,from,to
up,2026-01-05 00:00,2026-01-05 10:00
down,2026-01-05 10:00,2026-01-05 11:00
up,2026-01-05 12:00,2026-01-05 20:00
up,2026-01-05 13:00,2026-01-05 14:00
`

    expect(await reportsOf(log)).toMatchObject({
      all: { uptime: 18 * hour, downtime: hour, unknown: hour, failures: 1, coverage: 19 / 20 },
    })
  })

  it('gives the worse state precedence in overlaps', async () => {
    const log = `state,from,to
up,2026-01-05 00:00,2026-01-06 00:00
down,2026-01-05 10:00,2026-01-05 11:00
degraded,2026-01-05 10:30,2026-01-05 12:00
maintenance,2026-01-05 13:00,2026-01-05 14:00
unknown,2026-01-05 15:00,2026-01-05 16:00
`

    expect(await reportsOf(log)).toMatchObject({
      all: { uptime: 21 * hour, downtime: hour, degraded: hour, maintenance: hour, unknown: hour },
    })
  })

  it('may be unknown for a while, where it is up between incidents', async () => {
    const log = `state,start,end
down,2026-01-05 00:00,2026-01-05 01:00
no data,2026-01-05 02:00,2026-01-05 03:00
down,2026-01-05 04:00,2026-01-05 05:00
`

    expect(await reportsOf(log)).toMatchObject({ all: { uptime: 2 * hour, downtime: 2 * hour, unknown: hour } })
  })
})

describe('words for states', () => {
  it('can be mapped or skipped', async () => {
    const log = `time,status,id
2026-01-05 00:00,1,a
2026-01-05 10:00,0,b
2026-01-05 10:30,retry,c
2026-01-05 11:00,1,d
`

    expect(
      await reportsOf(log, ['--state-map', '1=up', '--state-map', '0=down', '--state-map', 'retry=skip']),
    ).toMatchObject({ all: { uptime: 10 * hour, downtime: hour } })
    const [code, err] = await refused(log)
    expect(code).toBe(1)
    expect(err).toContain('line 2: the state must be one of up, degraded, down, maintenance, unknown, got "1"')
    expect(err).toContain('Define a word with --state-map')
  })

  it('about the work must not be mixed with states', async () => {
    const mixed = `start,end,status\n${times},down\n${times},Resolved\n`

    expect(await refused(mixed)).toEqual([
      1,
      'holdfast: line 3: it is "Resolved", where other lines are states\nSkip such lines with --skip-bad.',
    ])
    expect(await refused(`start,end,status\n${times},closed\n${times},up\n`)).toEqual([
      1,
      'holdfast: line 3: it is "up", where other lines are "closed"\nSkip such lines with --skip-bad.',
    ])
    expect(await reportsOf(mixed, ['--ignore', 'status'])).toMatchObject({ all: { downtime: hour } })
  })

  it('that mean the end require an end', async () => {
    expect(await refused('start,end,status\n2026-01-05,NULL,resolved\n')).toEqual([
      1,
      'holdfast: line 2: it is "resolved", but has no end\nNo line can be read.',
    ])
    expect(await reportsOf('start,end,status\n2026-01-31,NULL,open\n')).toMatchObject({ all: { openOutage: {} } })
  })

  it('of states alone are not words about the work', async () => {
    expect(await refused('time,state\n2026-01-05,resolved\n')).toEqual([
      1,
      expect.stringContaining('the state must be one of up, degraded, down, maintenance, unknown, got "resolved"'),
    ])
  })
})

describe('columns', () => {
  it('are ignored with --ignore', async () => {
    const log = `start,end,name,status\n${times},a,?\n`

    expect(await reportsOf(log, ['--ignore', 'name', '--ignore', 'Status'])).toHaveProperty('all')
    expect(await refused(log, ['--ignore', 'rack'])).toEqual([
      1,
      'holdfast: there is no column "rack" among: start, end, name, status',
    ])
  })

  it('of durations replace an end', async () => {
    const log = 'start,Duration (in mins.)\n2026-01-05T10:00Z,60\n2026-01-05T12:00Z,\n2026-01-05T13:00Z,30\n'

    expect(await reportsOf(log, ['--until', '2026-01-05 14:00'])).toMatchObject({ all: { downtime: 3 * hour } })
    expect(await reportsOf('begin,took\n2026-01-05T10:00Z,1:00:00\n', ['--duration', 'took'])).toMatchObject({
      all: { downtime: hour },
    })
    expect(await refused('start,duration\n2026-01-05T10:00Z,60\n')).toEqual([
      1,
      'holdfast: line 2: the duration cannot be read; a number needs a unit in the name of its column, such as duration_seconds\nNo line can be read.',
    ])
  })

  it('are refused if an option about them has no effect', async () => {
    expect(await refused('time,state\n2026-01-05,up\n', ['--as', 'states', '--end', 'time'])).toEqual([
      1,
      'holdfast: --end is for incidents, with a start and an end; this log was read as state changes',
    ])
    expect(await refused(`start,end,x\n${times},1\n`, ['--as', 'incidents', '--at', 'x'])).toEqual([
      1,
      'holdfast: --at is for state changes, with one time; this log was read as incidents',
    ])
    expect(await refused('{"component":"x"}', ['--separator', ';'])).toEqual([
      2,
      'holdfast: --separator is for CSV, and this is JSON',
    ])
    expect(await refused('[1767571200] LOG ROTATION: DAILY\n', ['--start', 'x'])).toEqual([
      2,
      'holdfast: --start cannot be used here: this is the log of Icinga or Nagios',
    ])
  })

  it('of a log of states may exist beside those of incidents', async () => {
    const log = `start,end,seen,is\n${times},2026-01-05T10:00Z,down\n${times},2026-01-05T12:00Z,up\n`

    expect(await reportsOf(log, ['--at', 'seen', '--state', 'is'])).toMatchObject({ all: { downtime: 2 * hour } })
  })

  it('named by options take precedence over those of a format', async () => {
    const log = `Issue key,Created,Resolved,Component/s,Began,Over\nA-1,2026-01-01,2026-01-09,shop,${times}\n`

    expect(await reportsOf(log, ['--start', 'Began', '--end', 'Over'])).toMatchObject({ shop: { downtime: hour } })
    expect(await reportsOf(log, ['--at', 'Began', '--state', 'Component/s', '--state-map', 'shop=down'])).toMatchObject(
      {
        all: { openOutage: {} },
      },
    )
    const states = 'Event,Monitor,Date-Time,Seen\nDown,shop,2026-01-01,2026-01-05\nUp,shop,2026-01-02,2026-01-06\n'
    expect(await reportsOf(states, ['--at', 'Seen'])).toMatchObject({ shop: { downtime: 24 * hour } })
    expect(await refused(states, ['--start', 'Seen'])).toEqual([
      1,
      expect.stringContaining('no columns for start and end'),
    ])
  })

  it('are those of a format given with --as', async () => {
    const log = `key,created,resolved,status\n1,05/Jan/26 10:00 AM,05/Jan/26 11:00 AM,Weird\n`

    expect(await reportsOf(log, ['--as', 'jira'])).toMatchObject({ all: { downtime: hour } })
    expect(await refused(log, ['--as', 'icinga'])).toEqual([
      1,
      'holdfast: for the history of Icinga DB there must be one of the columns event time, among: key, created, resolved, status',
    ])
    expect((await refused('a,b\n1,2\n', ['--as', 'jira']))[1]).toMatch(
      /^holdfast: for .*Jira.* there must be one of the columns /,
    )
  })
})

describe('times', () => {
  it('that cannot be read cause a hint', async () => {
    expect((await refused('start,end\n24/12/2026,\n'))[1]).toContain('Read dates such as 24/12/2026 with --day-first.')
    expect((await refused('start,end\n12/24/2026,\n', ['--day-first']))[1]).toContain('Without --day-first')
    expect((await refused('start,end\n2026-01-05 10:00 IST,\n'))[1]).toContain(
      '"IST" is not a unique zone: write an offset, or a zone such as Europe/Berlin.',
    )
  })
})

describe('a log without incidents', () => {
  const header = 'start,end,component\n'

  it('is a window without any, for the named components', async () => {
    const month = ['--window', '2026-01']

    expect(await reportsOf(header, month)).toMatchObject({ all: { availability: 1, failures: 0, uptime: 744 * hour } })
    expect(await reportsOf(header, [...month, '-c', 'a', '-c', 'b'])).toMatchObject({
      a: { availability: 1 },
      b: { availability: 1 },
    })
    expect(await reportsOf('{"incidents":[]}', month)).toMatchObject({ all: { availability: 1 } })
  })

  it('is refused without a window, and for a log of states', async () => {
    for (const argv of [[], ['--window', 'each']]) {
      expect(await refused(header, argv)).toEqual([1, 'holdfast: the log has no entries'])
    }
    expect(await refused('time,state\n', ['--window', '2026-01'])).toEqual([1, 'holdfast: the log has no entries'])
    expect(await refused('[]', ['--window', '2026-01'])).toEqual([1, 'holdfast: the log has no entries'])
  })
})

describe('lines of one instant', () => {
  it('end with the last in time, also when the newest come first', async () => {
    const lines = ['10:00,down', '11:00,down', '11:00,up', '12:00,up'].map((line) => `2026-01-05 ${line}\n`)

    for (const order of [lines, [...lines].reverse()]) {
      expect(await reportsOf(`time,state\n${order.join('')}`)).toMatchObject({
        all: { uptime: hour, downtime: hour },
      })
    }
  })
})

describe('JSON', () => {
  const record = { start: '2026-01-05T10:00:00Z', end: '2026-01-05T11:00:00Z', where: { svc: 'x' } }

  it('may be a list, a document or lines, pretty-printed or not', async () => {
    const forms = [
      JSON.stringify([record]),
      JSON.stringify([record], undefined, 2),
      JSON.stringify({ data: [record] }),
      JSON.stringify({ data: [record] }, undefined, 2),
      `${JSON.stringify(record)}\n${JSON.stringify({ data: [record] })}`,
      `\n  ${JSON.stringify(record)}`,
      `\n [${JSON.stringify(record)}]`,
    ]

    for (const text of forms) {
      expect(await reportsOf(text, ['--by', 'where.svc']), text).toMatchObject({ x: { downtime: hour } })
    }
  })

  it('arrives in pieces', async () => {
    const filler = 'x'.repeat(70_000)
    for (const value of [[{ ...record, filler }, record], { data: [{ ...record, filler }] }]) {
      const bytes = Buffer.from(JSON.stringify(value))
      const stdin = [bytes.subarray(0, 40_000), bytes.subarray(40_000)]
      const { code, err } = await command(['report', '-', '--by', 'where.svc'], { stdin })
      expect(code, err).toBe(0)
    }
  })

  it('that is broken is reported by its lines, or as truncated', async () => {
    expect(await refused('[{"start":"2026-01-05","component":"a"},\n{"start"}]')).toEqual([
      1,
      expect.stringContaining('line 2: not valid JSON'),
    ])
    expect(await refused('[{"start":"2026-01-05"')).toEqual([
      1,
      'holdfast: the list does not end: the file was truncated',
    ])
    expect(await refused('{"incidents": [\n{"start"')).toEqual([1, expect.stringContaining('line 1: not valid JSON')])
  })

  it('without known fields reports its fields and the options', async () => {
    expect(await refused('[{"when":"2026-01-05","what":{"a":1}}]')).toEqual([
      1,
      'holdfast: line 1: no fields for start and end, or for time and state, among: when, what.a; name them with --start and --end, or --at and --state\nNo line can be read.',
    ])
    expect(await reportsOf('[{"when":"2026-01-05","is":"down"}]', ['--at', 'when', '--state', 'is'])).toHaveProperty(
      'all',
    )
  })

  it('may lack a named field', async () => {
    const lines = [
      { began: '2026-01-31', svc: 'a' },
      { began: '2026-01-05', over: '2026-01-06', svc: 'b' },
    ]

    expect(await reportsOf(JSON.stringify(lines), ['--start', 'began', '--end', 'over', '--by', 'svc'])).toMatchObject({
      a: { openOutage: {} },
      b: { downtime: 24 * hour },
    })
    expect(await refused(JSON.stringify(lines), ['--start', 'began', '--by', 'host', '--ignore', 'x'])).toEqual([
      1,
      expect.stringContaining('line 1: no fields for start and end'),
    ])
    expect(await refused('[{"start":"2026-01-05","end":null}]', ['--by', 'host', '--ignore', 'x'])).toEqual([
      1,
      expect.stringContaining('line 1: no component'),
    ])
  })

  it('may begin with whitespace, in pieces too', () => {
    const reading = new LogReading({ words: {} }, new Instants('UTC'))
    const log = new JsonLog('list', reading)
    for (const piece of ['  ', '\n', ' [', '{"component":"a","start":"2026-01-05"}', ']', '\n']) log.push(piece)
    log.end()

    expect([reading.contents.size, reading.bad.count]).toEqual([1, 0])
  })

  it('that is a document is refused if it is too long to be read at once', () => {
    const log = new JsonLog('document', new LogReading({ words: {} }, new Instants('UTC')), 10)
    log.push('{"data": [')

    expect(() => log.push('{}')).toThrow(
      'the document is too long: write one record per line, as in jq -c ".incidents[]"',
    )
  })

  it('may be empty, or a web page', async () => {
    expect(await command(['report', logOf('empty.json', '')])).toMatchObject({
      code: 1,
      err: 'holdfast: the file is empty\n',
    })
    expect(await refused('<!DOCTYPE html><html>')).toEqual([1, 'holdfast: the file is HTML or XML: export CSV or JSON'])
  })

  it('may have any number of sets of fields', async () => {
    const lines = Array.from({ length: 1100 }, (_, index) =>
      JSON.stringify({ component: 'a', start: '2026-01-05', [`x${index}`]: 1, end: '2026-01-06' }),
    )

    expect(await reportsOf(`${lines.join('\n')}\n`)).toMatchObject({ a: { downtime: 24 * hour } })
  })
})

describe('CSV', () => {
  it('must have a readable header', async () => {
    expect(await refused('"start,end\n')).toEqual([1, 'holdfast: line 1: a quote is never closed'])
  })

  it('may begin with the line in which Excel names the separator', async () => {
    expect(await reportsOf(`sep=;\nstart;end\n${times.replace(',', ';')}\n`)).toMatchObject({ all: { downtime: hour } })
  })

  it('may lack cells, with quotes and without', async () => {
    const log = 'component,start,end\na,2026-01-31\n"b",2026-01-31\n'

    expect(await reportsOf(log)).toMatchObject({ a: { openOutage: {} }, b: { openOutage: {} } })
  })
})
