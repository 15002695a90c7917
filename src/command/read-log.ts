/** Reads a log in any supported format, recognised by its first characters and its name. */
import { readFile } from 'node:fs/promises'
import { CsvLog } from './csv/csv-log.ts'
import { separatorIn, separatorName } from './csv/separator.ts'
import { InputError, UsageError } from './errors.ts'
import { isNagios, nagios } from './formats/nagios.ts'
import { type OwnHistory, type OwnKind, ownHistory, ownKind } from './history/own-history.ts'
import { type Decoding, decoded } from './input/decoded.ts'
import type { Progress } from './input/progress.ts'
import { bytesOf, type Piped } from './input/source.ts'
import { unpacked } from './input/unpacked.ts'
import type { Instants } from './instants/instants.ts'
import { type JsonForm, JsonLog, jsonForm } from './json/json-log.ts'
import type { LayoutOptions } from './layout/layout-options.ts'
import { LogReading } from './log-reading.ts'
import { NagiosLog } from './nagios-log.ts'

export interface LogOptions extends LayoutOptions {
  readonly separator: string | undefined
  readonly encoding: string | undefined
}

/** A log that has been read, and a description of its format: `gzip`, `UTF-16LE`, `CSV with semicolons`. */
export type ReadLog = { readonly form: string } & ({ readonly reading: LogReading } | { readonly history: OwnHistory })

/** Parses the text of a log piece by piece. */
interface LogParser {
  push(text: string): void
  end(): void
}

const jsonName = /\.(?:ndjson|jsonl?)(?:\.gz)?$/i
const linesName = /\.(?:ndjson|jsonl)(?:\.gz)?$/i
const csvName = /\.[ct]sv(?:\.gz)?$/i
/** The number of characters used to recognise the format. */
const looked = 1 << 16

const jsonForms: Readonly<Record<JsonForm, string>> = { lines: 'NDJSON', list: 'a list in JSON', document: 'JSON' }
const ownForms: Readonly<Record<OwnKind, string>> = {
  log: 'the history of a tracker',
  store: 'the snapshot in the store of a tracker',
  snapshot: 'a snapshot of a tracker',
}

export async function readLog(
  path: string,
  piped: Piped,
  asked: LogOptions,
  instants: Instants,
  progress: Progress,
): Promise<ReadLog> {
  const name = path === '-' ? 'standard input' : path
  const said: string[] = []
  const decoding: Decoding = { encoding: 'utf-8', damaged: false }
  const bytes = unpacked(name, progress.watch(bytesOf(path, piped)), () => said.push('gzip'))
  const texts = decoded(bytes, asked.encoding, decoding)
  const head = await headOf(texts)
  const form = (what: string): string => {
    const { encoding, damaged } = decoding
    if (encoding !== 'utf-8') said.unshift(encoding.toUpperCase())
    if (damaged) said.push(`some bytes are not ${encoding.toUpperCase()} (choose another with --encoding)`)
    return [what, ...said].join(', ')
  }
  const own = ownKind(head)
  if (own !== undefined) {
    refuseIdle(asked, ownForms[own])
    const text = (await rest(head, texts)).join('')
    const beside = own === 'log' && path !== '-' ? await besideOf(path) : undefined
    const history = ownHistory(own, text, beside)
    if (history === undefined) throw new InputError('the history is empty')
    if (history.damaged > 0) said.push(`${history.damaged} of its lines are damaged and skipped`)
    return { history, form: form(beside === undefined ? ownForms[own] : `${ownForms[own]}, with its snapshot`) }
  }
  const reading = new LogReading(asked, instants)
  const [log, what] = logOf(path, head, reading)
  log.push(head)
  for await (const text of texts) log.push(text)
  log.end()
  return { reading, form: form(what) }
}

function logOf(path: string, head: string, reading: LogReading): [log: LogParser, what: string] {
  const text = head.trimStart()
  if (/^<(?:!doctype|html|\?xml)/i.test(text)) throw new InputError('the file is HTML or XML: export CSV or JSON')
  const asked = reading.asked as LogOptions
  const isJson = jsonName.test(path) || (!csvName.test(path) && /^[[{]/.test(text) && !isNagios(text))
  if (isJson) {
    if (text === '') throw new InputError('the file is empty')
    const form = jsonForm(head, linesName.test(path))
    if (asked.separator !== undefined) throw new UsageError('--separator is for CSV, and this is JSON')
    return [new JsonLog(form, reading), jsonForms[form]]
  }
  if (isNagios(text)) {
    refuseIdle({ ...asked, words: {} }, nagios.title)
    return [new NagiosLog(reading), 'text']
  }
  const [first = ''] = text.split('\n', 1)
  const separator = asked.separator ?? separatorIn(first)
  const name = separator === ',' ? 'CSV' : `CSV with ${separatorName(separator)}`
  return [new CsvLog(separator, reading), name]
}

/** Refuses options about columns for a format without columns. @throws UsageError */
function refuseIdle(
  { encoding: _, words, length: duration, component: by, ...columns }: LogOptions,
  what: string,
): void {
  const map = Object.keys(words).length > 0 ? words : undefined
  const given = Object.entries({ ...columns, duration, by, 'state-map': map })
  const idle = given.find(([, value]) => value !== undefined)?.[0]
  if (idle !== undefined) throw new UsageError(`--${idle} cannot be used here: this is ${what}`)
}

/** Enough of the text to recognize its format. */
async function headOf(texts: AsyncGenerator<string>): Promise<string> {
  let head = ''
  while (head.length < looked) {
    const next = await texts.next()
    if (next.done === true) break
    head += next.value
  }
  return head
}

async function rest(head: string, texts: AsyncIterable<string>): Promise<readonly string[]> {
  const all = [head]
  for await (const text of texts) all.push(text)
  return all
}

async function besideOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(`${path}.snapshot`, 'utf8')
  } catch {
    return undefined
  }
}
