/** Reads a CSV file of incidents (start, end) or of state changes (time, state); a header names the columns. */
import { cellsOf, csvLines, headerOf } from './csv-lines.ts'
import { type BadLine, type Entry, InputError, type Log, refusal } from './entries.ts'
import type { Instants } from './instants.ts'

/** Columns by name, where they are not called as one would expect. */
export interface ColumnNames {
  readonly start?: string | undefined
  readonly end?: string | undefined
  readonly at?: string | undefined
  readonly state?: string | undefined
  /** Several are joined with a slash. */
  readonly component?: readonly string[] | undefined
}

/** What such columns are called in the wild; lower case, the first that is there. */
const usual = {
  start: ['start', 'started', 'started at', 'start time', 'prob started', 'begin', 'from', 'opened'],
  end: ['end', 'ended', 'ended at', 'end time', 'prob fixed', 'fixed', 'restored', 'resolved', 'to', 'closed'],
  at: ['at', 'time', 'timestamp', 'date'],
  state: ['state', 'status'],
  component: ['component', 'service', 'system', 'host', 'node', 'name'],
} as const

type Column = keyof typeof usual

export function readCsv(text: string, names: ColumnNames, instants: Instants): Log {
  const lines = csvLines(text)[Symbol.iterator]()
  const first = lines.next()
  if (first.done) throw new InputError('the file is empty')
  const header = headerOf(first.value.text)
  const find = finderOf(header)
  const [start, end, at, state] = (['start', 'end', 'at', 'state'] as const).map((column) =>
    find(column, names[column]),
  )
  const components = names.component?.map((name) => find('component', name)) ?? [find('component', undefined)]
  const isIncidents = start !== undefined && start >= 0
  if (!isIncidents && ((at ?? -1) < 0 || (state ?? -1) < 0)) {
    throw new InputError(`no columns for start and end, or for time and state, among: ${header.join(', ')}`)
  }
  const times = isIncidents ? [start, end ?? -1] : [at ?? -1, -1]
  const columns = [...times, state ?? -1, ...components]
  const entries: Entry[] = []
  const bad: BadLine[] = []
  for (let line = lines.next(); !line.done; line = lines.next()) {
    const [one = '', other = '', said = '', ...names] = cellsOf(line.value.text, columns)
    const component = components[0] === -1 ? 'all' : names.join('/')
    const entry = isIncidents
      ? {
          component,
          state: said.toLowerCase() || 'down',
          start: instants.read(one),
          end: other === '' ? Number.POSITIVE_INFINITY : instants.read(other),
        }
      : { component, state: said.toLowerCase(), at: instants.read(one) }
    const why = refusal(entry)
    if (why === undefined) entries.push(entry)
    else bad.push({ number: line.value.number, why })
  }
  return { entries, bad }
}

/** The place of a column; -1 where there is none. One that was asked for by name has to be there. */
function finderOf(header: readonly string[]): (column: Column, name: string | undefined) => number {
  const lower = header.map((name) => name.toLowerCase().replaceAll('_', ' '))
  return (column, name) => {
    if (name === undefined) return usual[column].map((one) => lower.indexOf(one)).find((at) => at >= 0) ?? -1
    const at = header.indexOf(name)
    if (at < 0) throw new InputError(`there is no column ${JSON.stringify(name)} among: ${header.join(', ')}`)
    return at
  }
}
