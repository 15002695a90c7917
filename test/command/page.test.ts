import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { presetNames } from '../../src/availability/accounting/accounting.ts'
import { formatNames } from '../../src/command/formats/known-formats.ts'
import { usualFields } from '../../src/command/formats/usual.ts'
import { doneWords, usualStates, workWords } from '../../src/command/words/state-words.ts'
import { codeSpans, page, section, tableOf } from '../support/tables.ts'
import { command, folder, logOf, type Ran, removeFolder } from './support/command.ts'

const text = page('docs/command.md')
const blocks = (language: string): readonly string[] =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map((match) => `${match[1]}`)

logOf('incidents.csv', `${blocks('csv')[0]}`)
logOf('states.ndjson', `${blocks('json')[0]}`)

afterAll(removeFolder)

/** What stands after each prompt of the page. */
const calls = blocks('console').flatMap((block) =>
  block
    .split(/^\$ /m)
    .slice(1)
    .map((call) => {
      const [line = '', ...output] = call.trimEnd().split('\n')
      return { line, output }
    }),
)

let last: Ran = { code: 0, out: '', err: '' }

async function typed(line: string): Promise<string> {
  if (line === 'echo $?') return `${last.code}`
  const [call = '', piped] = line.split(' < ')
  const argv = call.split(' ').slice(2)
  const named = argv.map((word) => (/^\w+\.\w+$/.test(word) ? `${folder}/${word}` : word))
  last = await command(named, { stdin: piped === undefined ? '' : readFileSync(`${folder}/${piped}`, 'utf8') })
  return last.err + last.out
}

/** An ellipsis is anything. */
const patternOf = (lines: readonly string[]): RegExp =>
  new RegExp(
    `^${lines
      .join('\n')
      .split('…')
      .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('[^]*')}$`,
  )

describe('docs/command.md', () => {
  it('names every word for a state', () => {
    const { rows } = tableOf(text.slice(text.indexOf('### States')))
    const named = rows.map(([, words = '']) => codeSpans(words))

    expect(named).toEqual([...Object.values(usualStates), workWords, doneWords])
  })

  it('names every column that is found', () => {
    const { rows } = tableOf(section(text, 'Logs'))
    const { start, end, at, state, component, length } = usualFields

    expect(rows.map(([, names = '']) => codeSpans(names))).toEqual([start, end, at, state, component, length])
  })

  it('names every format', () => {
    const { rows } = tableOf(section(text, 'Exports'))
    const named = rows.flatMap(([, names = '']) => codeSpans(names))

    expect(named.sort()).toEqual([...formatNames].sort())
  })

  it('shows what the command writes', async () => {
    expect(calls).toHaveLength(8)
    for (const { line, output } of calls) {
      const written = (await typed(line)).replaceAll('\r', '').trimEnd()
      expect(written, line).toMatch(patternOf(output))
    }
  })

  it('names every option, accounting and exit code', async () => {
    const { out } = await command(['report', '--help'])
    const options = [...out.matchAll(/--[a-z][a-z-]+/g)].map((match) => match[0]).filter((name) => name !== '--help')

    for (const name of new Set([...options, ...presetNames])) expect(text).toContain(name)
    const { rows } = tableOf(section(text, 'Exit codes'))
    expect(rows.map(([code]) => code)).toEqual(['0', '1', '2'])
  })

  it('names the columns that are found', async () => {
    const { rows } = tableOf(section(text, 'Logs'))
    const [starts = [], ends = [], times = [], states = [], components = [], lengths = []] = rows.map(
      ([, names = '']) => codeSpans(names),
    )
    const read = async (header: string, line: string): Promise<number> =>
      (await command(['report', logOf('columns.csv', `${header}\n${line}\n`)])).code

    const day = '2026-01-01,2026-01-02'
    for (const name of starts) expect(await read(`${name},end`, day), name).toBe(0)
    for (const name of ends) expect(await read(`start,${name.toUpperCase()}`, day), name).toBe(0)
    for (const name of times) expect(await read(`${name},state`, '2026-01-01,up'), name).toBe(0)
    for (const name of states) expect(await read(`time,${name}`, '2026-01-01,up'), name).toBe(0)
    for (const name of lengths) expect(await read(`start,${name}`, '2026-01-01,5 min'), name).toBe(0)
    for (const name of components) {
      const log = logOf('columns.csv', `start,end,${name}\n${day},web\n`)
      expect((await command(['report', log, '--component', 'web'])).code, name).toBe(0)
    }
  })
})
