import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import process from 'node:process'
import { build } from 'esbuild'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { bundled } from './support/bundle.ts'
import { command, logOf, removeFolder } from './support/command.ts'
import { lanl } from './support/lanl.ts'

const csv = 'start,end,component\n2026-01-01 00:00,2026-01-01 01:00,api\n2026-01-01 03:00,2026-01-01 04:00,api\n'
const log = logOf('log.csv', csv)
const bad = logOf('bad.csv', `${csv}x,y,z\n`)
const all = logOf('lanl.csv', lanl)
let file = ''

beforeAll(async () => {
  file = await bundled()
}, 60_000)

afterAll(removeFolder)

const env = { PATH: process.env['PATH'], NODE_OPTIONS: '' }

function ran(argv: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...argv], { input, encoding: 'utf8', env })
  return { code: status, out: stdout, err: stderr }
}

const analysed = (path: string) =>
  build({
    entryPoints: [path],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    write: false,
    metafile: true,
  })

describe('the process', () => {
  it('does the same as the command', async () => {
    const argv = ['report', log, '--window', '2026-01', '--until', 'end']

    expect(ran(argv)).toEqual(await command(argv))
    const piped = ['report', '-', '--window', '2026-01', '--until', 'end']
    expect(ran(piped, csv)).toEqual(await command(piped, { stdin: csv }))
    expect(ran(piped, csv).out).toBe((await command(argv)).out)
  })

  it('ends with 0, 1 and 2', () => {
    expect(ran(['report', log]).code).toBe(0)
    expect(ran(['report', bad])).toEqual({
      code: 1,
      out: '',
      err: 'holdfast: line 4: the start cannot be read\nSkip such lines with --skip-bad.\n',
    })
    expect(ran(['report', bad, '--skip-bad'])).toMatchObject({ code: 0, err: expect.stringContaining('line 4') })
    expect(ran(['report', log, '--window', 'soon']).code).toBe(2)
    expect(ran([]).code).toBe(2)
  })

  it('writes no escapes into a pipe', () => {
    expect(ran(['report', log]).out).toContain('█')
    expect(ran(['report', log]).out).not.toMatch(/\p{Cc}\[/u)
  })

  it('is quiet when the pipe is closed', async () => {
    const child = spawn(process.execPath, [file, 'report', all, '--by', 'System', '--by', 'nodenumz', '-qf', 'csv'], {
      env,
    })
    let err = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text
    })
    child.stdout.once('data', () => child.stdout.destroy())
    const code = await new Promise((resolve) => child.once('close', resolve))

    expect({ code, err }).toEqual({ code: 0, err: '' })
  }, 60_000)

  it('reads half a million lines within bounded memory', { timeout: 120_000 }, () => {
    const line = (index: number): string => {
      const at = Date.UTC(2020, 0, 1) + index * 100_000
      return `"${new Date(at).toISOString()}",${new Date(at + 30_000).toISOString()},c${index % 20}\n`
    }
    const lines = Array.from({ length: 500_000 }, (_, index) =>
      index % 9 === 0 ? line(index) : line(index).replaceAll('"', ''),
    )
    const path = logOf('half-a-million.csv', `start,end,component\n${lines.join('')}`)
    const argv = ['--max-old-space-size=256', file, 'report', path, '-qf', 'csv', '--until', 'end']
    const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8', env })

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout.match(/,25000,25000,/g)).toHaveLength(20)
  })

  it('is one executable file without other files', async () => {
    const text = readFileSync(file, 'utf8')

    expect(text).toMatch(/^#!\/usr\/bin\/env node\n/)
    expect(statSync(file).mode & 0o111).not.toBe(0)
    const { metafile } = await analysed(file)
    const needed = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path))
    expect(needed.filter((path) => !isBuiltin(path))).toEqual([])
    expect(text.length).toBeLessThan(230_000)
  })
})

describe('the entry point of the process', () => {
  const argv = process.argv

  afterEach(() => {
    process.argv = argv
    process.exitCode = undefined
    vi.restoreAllMocks()
    vi.resetModules()
  })

  it('runs with its arguments, and rethrows errors other than a closed pipe', async () => {
    const written: string[] = []
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(`${text}`) > 0)
    const heard: ((error: Error) => void)[] = []
    for (const stream of [process.stdout, process.stderr]) {
      Object.defineProperty(stream, 'on', {
        configurable: true,
        value: (_event: string, listener: (error: Error) => void) => heard.push(listener),
      })
    }
    process.argv = ['node', 'holdfast', 'report', log, '-qf', 'csv', '--until', 'end']
    await import('../../src/command/main.ts')
    for (const stream of [process.stdout, process.stderr]) Reflect.deleteProperty(stream, 'on')

    expect(process.exitCode).toBe(0)
    expect(written.join('')).toBe((await command(process.argv.slice(2))).out)
    expect(heard).toHaveLength(2)
    for (const listener of heard) {
      expect(() => listener(Object.assign(new Error('closed'), { code: 'EPIPE' }))).not.toThrow()
      expect(() => listener(new Error('no space'))).toThrow('no space')
    }
  })
})

describe('the speed', () => {
  const split = `
    const { readFileSync } = require('node:fs')
    const rows = readFileSync(process.argv[1], 'utf8').split('\\n').map((line) => line.split(','))
    console.log(rows.length)`

  const timeOf = (argv: readonly string[]): number => {
    const start = process.hrtime.bigint()
    const { status, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8', env })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    return Number(process.hrtime.bigint() - start) / 1e6
  }

  it('is at most three times that of reading and splitting the log', { timeout: 120_000 }, () => {
    let best = Number.POSITIVE_INFINITY
    // The best of several pairs: others use the machine too.
    for (let pair = 0; pair < 30 && (pair < 3 || best > 3); pair++) {
      const splitting = timeOf(['-e', split, all])
      best = Math.min(best, timeOf([file, 'report', '-q', all]) / splitting)
    }

    expect(best).toBeLessThanOrEqual(3)
  })
})
