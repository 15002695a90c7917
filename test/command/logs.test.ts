import { afterAll, describe, expect, it } from 'vitest'
import { command, logOf, removeFolder, report, reportsOf } from './support/command.ts'

const hour = 3_600_000
const incidents = `start,end,component
2026-01-01 00:00,2026-01-01 01:00,api
2026-01-01 10:00,2026-01-01 12:00,api
2026-01-01 05:00,2026-01-01 06:00,db
`
const states = `time,state,component
2026-01-01 00:00,up,api
2026-01-01 10:00,down,api
2026-01-01 12:00,up,api
2026-01-01 20:00,maintenance,api
2026-01-02 00:00,up,api
`

afterAll(removeFolder)

describe('a log of incidents', () => {
  it('is up between its incidents', async () => {
    expect(await reportsOf(incidents)).toMatchObject({
      api: { uptime: 9 * hour, downtime: 3 * hour, failures: 2, coverage: 1, window: { label: 'whole log' } },
      db: { uptime: 11 * hour, downtime: hour, failures: 1 },
    })
  })

  it('can be limited to the time span of each component', async () => {
    const window = { label: 'its part of the log', duration: hour }

    expect(await reportsOf(incidents, ['--window', 'each'])).toMatchObject({
      api: { uptime: 9 * hour, downtime: 3 * hour, failures: 2, coverage: 1 },
      db: { uptime: 0, downtime: hour, failures: 1, window },
    })
  })

  it('counts overlapping incidents once', async () => {
    const log = 'start,end\n2026-01-01,2026-01-03\n2026-01-01,2026-01-02\n2026-01-02,2026-01-04\n'

    expect(await reportsOf(log)).toMatchObject({ all: { downtime: 72 * hour, failures: 1 } })
  })

  it('ends an open incident now, or at the given end', async () => {
    const log = 'start,end\n2026-01-01 00:00,\n'

    expect(await reportsOf(log)).toMatchObject({ all: { downtime: 31 * 24 * hour, openOutage: {}, restorations: 0 } })
    expect(await reportsOf(log, ['--until', '2026-01-02'])).toMatchObject({ all: { downtime: 24 * hour } })
    expect(await reportsOf(log, ['--until', 'end'])).toMatchObject({ all: { availability: null, downtime: 0 } })
  })

  it('is unknown after the given end', async () => {
    expect(await reportsOf(incidents, ['--until', '2026-01-01 11:00'])).toMatchObject({
      api: { downtime: 2 * hour, uptime: 9 * hour },
      db: { downtime: hour },
    })
    expect(await reportsOf(incidents, ['--until', '2025-01-01'])).toMatchObject({
      api: { availability: null, coverage: null },
    })
    expect(await reportsOf(incidents, ['--until', 'end', '--window', '24h'])).toMatchObject({
      api: { downtime: 3 * hour, window: { toAt: Date.parse('2026-01-01T12:00Z') } },
    })
  })

  it('may have degraded and maintenance, whatever its status column says', async () => {
    const log = `start,end,state,status
2026-01-01 00:00,2026-01-01 01:00,DOWN,resolved
2026-01-01 01:00,2026-01-01 03:00,degraded,resolved
2026-01-01 03:00,2026-01-01 06:00,maintenance,resolved
2026-01-01 06:00,2026-01-01 07:00,,resolved
`

    expect(await reportsOf(log)).toMatchObject({
      all: { downtime: 2 * hour, degraded: 2 * hour, maintenance: 3 * hour },
    })
    expect(await reportsOf(log, ['--policy', 'strict'])).toMatchObject({ all: { uptime: 0, downtime: 7 * hour } })
  })
})

describe('a log of states', () => {
  it('is read as written', async () => {
    expect(await reportsOf(states)).toMatchObject({
      api: { uptime: 18 * hour, downtime: 2 * hour, maintenance: 4 * hour, failures: 1, state: 'up' },
    })
  })

  it('continues after its last entry unless that is up', async () => {
    const log = 'time,state\n2026-01-01 00:00,up\n2026-01-01 01:00,down\n'

    expect(await reportsOf(log, ['--until', '2026-01-01 04:00'])).toMatchObject({
      all: { uptime: hour, downtime: 3 * hour },
    })
    expect(await reportsOf(`${log}2026-01-01 02:00,unknown\n`)).toMatchObject({
      all: { uptime: hour, downtime: hour, unknown: 0 },
    })
  })

  it('may be out of order', async () => {
    const shuffled = `time,state,component\n${states.trim().split('\n').slice(1).reverse().join('\n')}`

    expect(await reportsOf(shuffled)).toEqual(await reportsOf(states))
  })

  it('is unknown before its first entry, and after the given end', async () => {
    const found = await reportsOf(states, ['--window', '2025-12-31..2026-01-03', '--until', '2026-01-02'])

    expect(found).toMatchObject({ api: { uptime: 18 * hour, unknown: 48 * hour, coverage: 1 / 3 } })
  })
})

describe('NDJSON', () => {
  it('contains states and incidents, as the tracker accepts them', async () => {
    const log = [
      { component: 'api', state: 'up', at: '2026-01-01T00:00:00Z' },
      { component: 'api', state: 'down', at: Date.parse('2026-01-01T02:00:00Z') },
      { component: 'api', state: 'up', at: '2026-01-01T03:00:00Z', reason: 'disk' },
      { component: 'db', start: '2026-01-01T00:00:00Z', end: '2026-01-01T01:00:00Z' },
      { component: 'db', start: '2026-01-01T04:00:00Z', restored: '2026-01-01T05:00:00Z', state: 'maintenance' },
    ]
    const text = `\n${log.map((line) => JSON.stringify(line)).join('\r\n')}\n`

    expect(await reportsOf(text)).toMatchObject({
      api: { uptime: 4 * hour, downtime: hour },
      db: { uptime: 3 * hour, downtime: hour, maintenance: hour },
    })
  })

  it('closes an open incident by a later line', async () => {
    const open = { component: 'db', start: '2026-01-01T00:00:00Z', end: null }
    const lines = [open, { component: 'api', start: 1_700_000_000 }, { ...open, end: '2026-01-01T01:00:00Z' }]
    const text = lines.map((line) => JSON.stringify(line)).join('\n')

    expect(await reportsOf(text, ['--until', '2026-01-02'])).toMatchObject({
      db: { downtime: hour, openOutage: null },
      api: { openOutage: {} },
    })
  })

  it('reports what is wrong with its lines', async () => {
    const lines = [
      '{"component":"api"',
      '[1]',
      '7',
      'null',
      '{"state":"up","at":"2026-01-01"}',
      '{"component":"api","state":"up"}',
      '{"component":"api","state":"up","at":12}',
    ]
    const [first, second] = [
      await report(lines.slice(0, 5).join('\n')),
      await report(`{}\n${lines.slice(5).join('\n')}`),
    ]

    expect(first).toMatchObject({ code: 1, out: '' })
    expect(first.err.split('\n')).toEqual([
      'holdfast: line 1: not valid JSON',
      'line 2: not a JSON object',
      'line 3: not a JSON object',
      'line 4: not a JSON object',
      'line 5: no component',
      'No line can be read.',
      '',
    ])
    expect(second.err).toBe(
      'holdfast: line 1: no component\nline 2: the time cannot be read\nline 3: the time cannot be read\nNo line can be read.\n',
    )
  })

  it('refuses events of a tracker, whose times are those of one process', async () => {
    const { code, err } = await report('{"component":"api","start":1234567890,"startCensored":false,"open":true}')

    expect(code).toBe(1)
    expect(err).toContain('line 1: an event of a tracker, whose times are valid only in its own process')
  })
})

describe('a file', () => {
  const advice = 'name them with --start and --end, or --at and --state'

  it.each([
    ['log.ndjson', '{"component":"api","state":"up","at":"2026-01-01"}'],
    ['log.jsonl', '{"component":"api","state":"up","at":"2026-01-01"}'],
    ['log.txt', '\uFEFF  {"component":"api","state":"up","at":"2026-01-01"}'],
    ['log.csv', '\uFEFFtime,state,component\n2026-01-01,up,api'],
    ['log', 'time,state,component\r\n2026-01-01,up,api\r\n'],
  ])('%s is recognised by its name or its first character', async (name, text) => {
    const { code, out } = await command(['report', logOf(name, text), '--format', 'csv'])

    expect(code).toBe(0)
    expect(out).toContain('\r\napi,')
  })

  it('is CSV by its name, whatever its content', async () => {
    const { code, err } = await command(['report', logOf('odd.csv', '{"component":"api"}')])

    expect(code).toBe(1)
    expect(err).toMatch(/^holdfast: no columns for start and end, or for time and state, among: /)
  })

  it('arrives in pieces that split characters', async () => {
    const bytes = Buffer.from('time,state,component\n2026-01-01,up,Zürich')
    const { out } = await command(['report', '-', '--format', 'csv'], {
      stdin: [...bytes].map((byte) => Uint8Array.of(byte)),
    })

    expect(out).toContain('\r\nZürich,')
  })

  it.each([
    ['', 'the file is empty'],
    ['\n\r\n', 'the file is empty'],
    ['start,end,component\n', 'the log has no entries'],
    ['when,what\n1,2\n', `no columns for start and end, or for time and state, among: when, what; ${advice}`],
    [
      'start,component\n2026-01-01,a\n',
      `no columns for start and end, or for time and state, among: start, component; ${advice}`,
    ],
    [
      'time,component\n2026-01-01,a\n',
      `no columns for start and end, or for time and state, among: time, component; ${advice}`,
    ],
    ['s\x1B[31m,t\n', `no columns for start and end, or for time and state, among: s\uFFFD[31m, t; ${advice}`],
  ])('is refused: %j', async (text, message) => {
    expect(await report(text)).toEqual({ code: 1, out: '', err: `holdfast: ${message}\n` })
  })

  it('that does not exist is reported', async () => {
    expect(await command(['report', '/nowhere/log.csv'])).toEqual({
      code: 1,
      out: '',
      err: 'holdfast: /nowhere/log.csv cannot be read: ENOENT\n',
    })
  })
})

describe('columns', () => {
  const log =
    'Host,Node,Begins,Over,What\nh1,n1,2026-01-01 00:00,2026-01-01 02:00,degraded\nh1,,2026-01-01 00:00,2026-01-01 01:00,down\n'
  const named = ['--start', 'Begins', '--end', 'Over', '--state', 'What']

  it('have the given names', async () => {
    expect(await reportsOf(log, named)).toMatchObject({ h1: { downtime: hour, degraded: hour } })
    expect(await reportsOf(log, [...named, '--by', 'Host', '--by', 'Node'])).toMatchObject({
      'h1/n1': { degraded: 2 * hour },
      'h1/': { downtime: hour },
    })
    const nameless = await report(`${log},,2026-01-01,2026-01-02,down\n`, [...named, '--by', 'Host', '--by', 'Node'])
    expect(nameless).toMatchObject({ code: 1, err: expect.stringContaining('line 4: no component') })
    expect(await reportsOf('when,is\n2026-01-01,down\n', ['--at', 'when', '--state', 'is'])).toHaveProperty('all')
  })

  it('are found by their usual names', async () => {
    const usual = 'System,Prob Started,Prob Fixed\n7,1/1/2026 0:00,1/1/2026 1:00\n'

    expect(await reportsOf(usual)).toMatchObject({ 7: { downtime: hour } })
    expect(await reportsOf('started_at,Resolved\n2026-01-01,2026-01-02\n')).toHaveProperty('all')
  })

  it('named by options must exist', async () => {
    expect(await report(log, [...named, '--by', 'Rack'])).toEqual({
      code: 1,
      out: '',
      err: 'holdfast: there is no column "Rack" among: Host, Node, Begins, Over, What\n',
    })
  })
})

describe('bad lines', () => {
  const log = `time,state,component
2026-01-01 00:00,up,api
2026-02-30 00:00,down,api
2026-01-01 01:00,sick,api
2026-01-01 01:00,up,

soon,down,api
2026-01-01 02:00,"do
wn",api
2026-01-01 02:00,down,"api
2026-01-01 03:00,down,api
2026-01-01 04:00,up,api
`

  it('are reported by their numbers, and there is no report', async () => {
    const { code, out, err } = await report(log)

    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err.split('\n')).toEqual([
      'holdfast: line 3: the time cannot be read',
      'line 4: the state must be one of up, degraded, down, maintenance, unknown, got "sick"',
      'line 5: no component',
      'line 7: the time cannot be read',
      'line 8: the state must be one of up, degraded, down, maintenance, unknown, got "do\\nwn"',
      'and 1 more',
      'Skip such lines with --skip-bad.',
      'Define a word with --state-map, for example --state-map "sick=down", or ignore the column with --ignore.',
      '',
    ])
  })

  it('are skipped with --skip-bad, with a warning', async () => {
    const { code, out, err } = await report(log, ['--skip-bad', '--format', 'json'])

    expect(code).toBe(0)
    expect(err).toMatch(/^holdfast: 6 lines were skipped:\nline 3: the time/)
    expect(JSON.parse(out).components.api).toMatchObject({ uptime: 3 * hour, downtime: hour })
  })

  it('may be one, or all', async () => {
    const one = await report('start,end\n2026-01-02,2026-01-01\n2026-01-01,2026-01-02\n', ['-q', '--skip-bad'])
    const all = await report('start,end\n2026-01-02,2026-01-01\nx,\n2026-01-01,x\n', ['--skip-bad'])
    const state = await report('start,end,state\n2026-01-01,2026-01-02,sick\n')

    expect(one).toMatchObject({ code: 0, err: 'holdfast: 1 line was skipped:\nline 2: the end is before the start\n' })
    expect(all).toEqual({
      code: 1,
      out: '',
      err: 'holdfast: line 2: the end is before the start\nline 3: the start cannot be read\nline 4: the end cannot be read\nNo line can be read.\n',
    })
    expect(state.err).toContain('the state must be one of up, degraded, down, maintenance, unknown, got "sick"')
  })
})
