/** Reads a CSV file of incidents (start, end) or of state changes (time, state); a header names the columns. */
import { allCells, cellsOf, csvLines } from './csv-lines.ts'
import { type BadLine, type Entry, type Log, refusal } from './entries.ts'
import type { Instants } from './instants.ts'
import { InputError } from './mistakes.ts'

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

export function readCsv(text: string, names: ColumnNames, instants: Instants): Log {
  const lines = csvLines(text)[Symbol.iterator]()
  const first = lines.next()
  if (first.done) throw new InputError('the file is empty')
  const { isIncidents, columns } = columnsOf(allCells(first.value.text), names)
  const entries: Entry[] = []
  const bad: BadLine[] = []
  for (let line = lines.next(); !line.done; line = lines.next()) {
    const { number, text, unclosed } = line.value
    const cells = cellsOf(text, columns)
    const first = cells[0] as string
    const end = cells[1] as string
    const state = (cells[2] as string).toLowerCase()
    const component = nameIn(cells)
    const entry = isIncidents
      ? {
          component,
          state: state === '' ? 'down' : state,
          start: instants.read(first),
          end: end === '' ? Number.POSITIVE_INFINITY : instants.read(end),
        }
      : { component, state, at: instants.read(first) }
    const why = unclosed ? 'a quote in it is never closed' : refusal(entry)
    if (why === undefined) entries.push(entry)
    else bad.push({ number, why })
  }
  return { entries, bad }
}

/** What stands from the fourth cell on; `all` where nothing can. */
function nameIn(cells: readonly string[]): string {
  if (cells.length <= 4) return cells[3] ?? 'all'
  const names = cells.slice(3)
  return names.some((name) => name !== '') ? names.join('/') : ''
}

/** Where to find the first time, the end, the state and what the component is called; -1 for none. */
function columnsOf(
  header: readonly string[],
  names: ColumnNames,
): { isIncidents: boolean; columns: readonly number[] } {
  const lower = header.map((name) => name.toLowerCase().replaceAll('_', ' '))
  /** One that was asked for by name has to be there. */
  const find = (name: string | undefined, others: readonly string[]): number => {
    if (name === undefined) return others.map((one) => lower.indexOf(one)).find((at) => at >= 0) ?? -1
    const at = header.indexOf(name)
    if (at < 0) throw new InputError(`there is no column ${JSON.stringify(name)} among: ${header.join(', ')}`)
    return at
  }
  const [start, end, at] = [find(names.start, usual.start), find(names.end, usual.end), find(names.at, usual.at)]
  const isIncidents = start >= 0 && end >= 0
  // In a file of incidents `status` says what became of the work on them.
  const state = find(names.state, isIncidents ? ['state'] : usual.state)
  if (!isIncidents && (at < 0 || state < 0))
    throw new InputError(`no columns for start and end, or for time and state, among: ${header.join(', ')}`)
  const component = find(undefined, usual.component)
  const components = names.component?.map((name) => find(name, [])) ?? (component < 0 ? [] : [component])
  return { isIncidents, columns: [...(isIncidents ? [start, end] : [at, -1]), state, ...components] }
}
