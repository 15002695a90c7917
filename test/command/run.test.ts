import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { run } from '../../src/command/run.ts'
import { command, logOf, removeFolder, report } from './support/command.ts'

const log = `start,end,component,state
2026-01-01 00:00,2026-01-02 12:00,api,
2026-01-10 10:00,2026-01-10 12:00,api,
2026-01-22 00:00,2026-01-25 00:00,api,maintenance
2026-01-05 05:00,2026-01-07 06:00,"データベース🔥, a rather long name",degraded
`
const escapes = /\p{Cc}\[/u
/** Five components, each of them called in another way. */
const many = `start,end,component\n${['a', '=1+1', 'c\x1B[2Jd', 'e\u202Ef', 'g"h'].map((name) => `2026-01-01,2026-01-02,"${name.replaceAll('"', '""')}"\n`).join('')}`

afterAll(removeFolder)

describe('the report', () => {
  it('is text for people, with a bar of time', async () => {
    const { code, out, err } = await report(log, ['--quiet', '--window', 'month-1', '--component', 'api'])

    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(`\n${out}`).toBe(`
component  availability      down  failures      MTBF  MTTR
───────────────────────────────────────────────────────────
api               94.3%  1 d 14 h         2  13 d 5 h  19 h
  ▁▁▁▁███████████████████▃█████████████████████████████░░░░░░░██████████████████
  2026-01-01T00:00:00Z                                      2026-02-01T00:00:00Z

█ up  ▆ degraded  ▅ ▃ ▁ down for up to a tenth, a half, all of it  ░ maintenance  · unknown

api  94.3%
  window                       calendar:month-1 UTC, 2026-01-01T00:00:00Z to 2026-02-01T00:00:00Z
  state                        up
  availability                 94.3% (1.24 nines)
  coverage                     100%
  up, down                     26 d 10 h, 1 d 14 h
  maintenance                  3 d
  failures, restorations       2, 2
  MTBF                         13 d 5 h (90 %: 4 d 4 h to 74 d 8 h, few data)
  MTTR (recovery)              19 h (90 %: 8 h to 4 d 10 h, few data)
  outage median, p90, longest  19 h, 1 d 12 h, 1 d 12 h
  accounting                   default, degraded up, maintenance exclude, unknown exclude
`)
  })

  it('is Markdown', async () => {
    const { out } = await report(log, ['--format', 'md', '--component', 'api'])

    expect(out.split('\n## api\n')[0]).toBe(`\
| component | availability | coverage | down | failures | MTBF | MTTR (recovery) |
|---|---|---|---|---|---|---|
| api | 92.4% | 100% | 1 d 14 h | 2 | 9 d 17 h | 19 h |
`)
    expect(out).toContain('| outage median, p90, longest | 19 h, 1 d 12 h, 1 d 12 h |\n')
  })

  it('is CSV', async () => {
    const { out } = await report(log, ['--format', 'csv'])
    const [header = '', ...rows] = out.split('\r\n').map((line) => line.split(','))
    const of = (column: string) => rows[0]?.[header.indexOf(column)]

    expect(rows.map((row) => row.length)).toEqual([header.length, header.length + 1, 1])
    expect(rows[0]?.slice(0, 8).join()).toBe(
      'api,whole log,,2026-01-01T00:00:00.000Z,2026-01-25T00:00:00.000Z,default,up,0.9246031746031746',
    )
    expect(rows[1]?.slice(0, 2).join()).toBe('"データベース🔥, a rather long name"')
    expect([of('uptime'), of('downtime'), of('maintenance')]).toEqual(['1677600000', '136800000', '259200000'])
    expect([of('failures'), of('mtbf'), of('mttr_recovery'), of('mttr_repair')]).toEqual([
      '2',
      '838800000',
      '68400000',
      '',
    ])
  })

  it('is JSON, the worst component first', async () => {
    const { out } = await report(log, ['--format', 'json'])

    expect(JSON.parse(out)).toMatchObject({
      component: 'api',
      window: { label: 'whole log' },
      components: { api: { downtime: 38 * 3_600_000 }, 'データベース🔥, a rather long name': { downtime: 0 } },
    })
    const unknown = 'time,state,component\n2026-01-01,unknown,a\n2026-01-01,up,b\n2026-01-02,up,b\n'
    expect(JSON.parse((await report(unknown, ['--format', 'json'])).out)).toMatchObject({ component: 'b' })
  })

  it('explains its numbers with --explain', async () => {
    const { out } = await report(many, ['--explain', '--window', '2026-01'])

    expect(out).toContain('\nAvailability 96.7% = up 30 d / (up 30 d + down 1 d).\n')
    expect(out.match(/^MTBF /gm)).toHaveLength(5)
  })

  it('has details for up to three components, for more only with --details', async () => {
    const advice = 'Details of each with --details, of one with --component.'
    const [all, three, details] = [
      await report(many),
      await report(many, ['-c', 'a', '-c', '=1+1', '-c', 'g"h']),
      await report(many, ['--details']),
    ]

    expect(all.out.split('\n').slice(-3, -1)).toEqual([expect.stringMatching(/^█ up/), advice])
    expect(three.out).not.toContain(advice)
    expect(three.out.match(/^ {2}MTBF /gm)).toHaveLength(3)
    expect(details.out.match(/^ {2}MTBF /gm)).toHaveLength(5)
  })

  it('applies accounting presets, merge gaps and confirmations', async () => {
    const flapping = 'start,end\n2026-01-01 00:00,2026-01-01 01:00\n2026-01-01 01:01,2026-01-01 02:00\n'
    const failures = async (...argv: readonly string[]) =>
      JSON.parse((await report(flapping, [...argv, '-f', 'json'])).out).failures

    expect(await failures()).toBe(2)
    expect(await failures('--merge-gap', '2m')).toBe(1)
    expect(await failures('--confirm-down', '1h')).toBe(1)
  })

  it('accepts calendar windows in a zone', async () => {
    const { out } = await report(log, ['-w', 'month-1', '-z', 'Europe/Berlin', '-f', 'csv'])

    expect(out).toContain('calendar:month-1,Europe/Berlin,2025-12-31T23:00:00.000Z,2026-01-31T23:00:00.000Z')
  })

  it('is the same in each format of the log', async () => {
    const path = logOf('same.csv', log)
    const text = readFileSync(path, 'utf8').replaceAll('\n', '\r\n')

    expect((await command(['report', path])).out).toBe((await report(`\uFEFF${text}`)).out)
  })
})

describe('names of components', () => {
  it.each(['text', 'md', 'csv'])('cannot control a terminal or a spreadsheet in %s', async (form) => {
    const { out } = await report(many, ['--format', form])

    expect(out).not.toMatch(/[^\P{Cc}\r\n]/u)
    expect(out).not.toContain('\u202E')
    if (form === 'csv') expect(out).toContain(`\r\n'=1+1,`)
  })

  it('are unchanged in JSON', async () => {
    const { out } = await report(many, ['--format', 'json'])

    expect(Object.keys(JSON.parse(out).components)).toEqual(['a', '=1+1', 'c\x1B[2Jd', 'e\u202Ef', 'g"h'])
  })

  it('may equal names of object properties', async () => {
    const { out } = await report('start,end,component\n2026-01-01,2026-01-02,__proto__\n', ['--format', 'json'])

    expect(out).toContain('"__proto__": {')
  })

  it('that do not exist are reported, with some that do', async () => {
    const lines = Array.from({ length: 12 }, (_, index) => `2026-01-01,2026-01-02,c${index}\n`).join('')
    const few = await report(many, ['--component', 'b'])
    const lots = await report(`start,end,component\n${lines}`, ['--component', 'd'])

    expect(few).toEqual({
      code: 1,
      out: '',
      err: 'holdfast: there is no component "b"; there are a, =1+1, c\uFFFD[2Jd, e\u202Ef, g"h\n',
    })
    expect(lots.err).toBe('holdfast: there is no component "d"; there are c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, …\n')
  })
})

describe('a terminal', () => {
  it('gets colours', async () => {
    const { out } = await report(log, [], { terminal: 100 })

    expect(out).toContain('\x1B[31m█\x1B[39m')
    expect(out).toContain('\x1B[34m█\x1B[39m maintenance')
    expect(out).not.toContain('▁')
  })

  it.each([
    ['a pipe', [], {}],
    ['a pipe in CI', [], { env: { CI: 'true' } }],
    ['NO_COLOR', [], { terminal: 80, env: { NO_COLOR: '1' } }],
    ['NO_COLOR over FORCE_COLOR', [], { env: { NO_COLOR: '1', FORCE_COLOR: '1' } }],
    ['--no-color', ['--no-color'], { terminal: 80, env: { FORCE_COLOR: '1' } }],
    ['a dumb terminal', [], { terminal: 80, env: { TERM: 'dumb' } }],
  ] as const)('gets none with %s', async (_name, argv, around) => {
    const { out } = await report(log, argv, around)

    expect(out).not.toMatch(escapes)
    expect(out).toContain('▁')
  })

  it('is coloured through a pipe with FORCE_COLOR', async () => {
    expect((await report(log, [], { env: { FORCE_COLOR: '1' } })).out).toMatch(escapes)
  })

  it.each([
    [20, ['component', 'availability']],
    [45, ['component', 'availability']],
    [58, ['component', 'availability', 'down', 'failures']],
    [200, ['component', 'availability', 'down', 'failures', 'MTBF', 'MTTR']],
  ])('with %i columns gets what fits', async (terminal, labels) => {
    const { out } = await report(log, ['--window', '2026-01'], { terminal, env: { NO_COLOR: '1' } })
    const lines = out.split('\n')

    expect(lines[0]?.trim().split(/ {2,}/)).toEqual(labels)
    expect(lines[2]?.length).toBe(lines[0]?.length)
    expect(lines[3]).toHaveLength(Math.min(92, terminal))
    expect(lines[4]?.trim().split(/ +/)).toHaveLength(terminal < 45 ? 1 : 2)
    // Two columns for each letter of the Far East.
    expect(lines[5]).toMatch(/^データベース🔥, a rathe… {10}100%/)
  })

  it('shows no bar for an empty window, and nothing of the future', async () => {
    const open = 'start,end\n2026-01-01 00:00,\n'

    expect((await report(open, ['--until', 'end'])).out).toContain('–\n  2026-01-01T00:00:00Z ')
    expect((await report(open, ['--window', '2025-12-31..2026-01-04', '--until', '2026-01-02'])).out).toContain(
      `\n  ${'█'.repeat(19)}▃${'▁'.repeat(19)}${'·'.repeat(39)}\n`,
    )
  })

  it('shows every state', async () => {
    const states = ['up', 'degraded', 'maintenance', 'unknown', 'down', 'up', 'up']
    const lines = states.map((state, day) => `2026-01-0${day + 1},${state}\n`).join('')
    const small = '2026-01-06 12:00,down\n2026-01-06 12:10,up\n'
    const { out } = await report(`time,state\n${lines}${small}`)
    const coloured = await report(`time,state\n${lines}${small}`, [], { env: { FORCE_COLOR: '1' } })

    expect(new Set(out.split('\n')[3]?.trim())).toEqual(new Set('█▆░·▁▅'))
    const codes = [...(coloured.out.split('\n')[3] ?? '').matchAll(/\[(\d+)m[█·]/g)].map((match) => match[1])
    expect(new Set(codes)).toEqual(new Set(['32', '33', '34', '2', '31']))
  })
})

describe('an invalid command line', () => {
  it.each([
    [[], /^Usage: holdfast/],
    [['roport', 'x'], /unknown command 'roport'/],
    [['report'], /missing required argument 'log'/],
    [['report', 'a', 'b'], /too many arguments/],
    [['report', '-', '--policy', 'mine'], /Allowed choices are default, strict/],
    [['report', '-', '--format', 'html'], /Allowed choices are text, md, json, csv/],
    [['report', '-', '--colour'], /unknown option '--colour'/],
    [['report', '-', '--\x1B[31m'], /unknown option '--\uFFFD\[31m'/],
    [['report', '-', '--window', 'x'], /^holdfast: --window must be/],
    [['report', '-', '--zone', 'x'], /^holdfast: --zone must be an IANA time zone, got "x"\n$/],
    [['report', '-', '--input-zone', 'x'], /^holdfast: --input-zone must be/],
    [['report', '-', '--until', 'x'], /^holdfast: --until must be/],
    [['report', '-', '--merge-gap', 'x'], /^holdfast: --merge-gap must be/],
    [['report', '-', '--confirm-down', 'x'], /^holdfast: --confirm-down must be/],
  ])('ends with 2: %j', async (argv, message) => {
    const { code, out, err } = await command(argv, { stdin: log })

    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(message)
  })

  it('does not include a request for help', async () => {
    const { code, out, err } = await command(['report', '--help'], { terminal: 120 })

    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^Usage: holdfast report \[options\] <log>\n/)
    expect(out).toContain('holdfast report incidents.csv --window month-1 --zone Europe/Berlin')
  })
})

describe('a stream without a width', () => {
  it('gets help of the default width', async () => {
    expect((await command([])).err).toBe((await command([], { terminal: 80 })).err)
    expect((await command(['help'])).out).toBe((await command(['help'], { terminal: 80 })).out)
  })
})

describe('an internal error', () => {
  it('is not reported as an input error', async () => {
    const stdout = {
      write: () => {
        throw new TypeError('a mistake')
      },
    }
    const host = { stdin: process.stdin, stdout, stderr: stdout, env: {} }

    await expect(run(['report', logOf('fine.csv', log)], host, 0)).rejects.toThrow('a mistake')
  })
})
