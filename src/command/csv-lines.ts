/**
 * Lines of a CSV file (RFC 4180), as their cells.
 *
 * Nearly no line has a quote, so a line without one is split at its commas, and only as far as its last column that is
 * asked for. A quoted cell may hold commas and quotes, and line breaks.
 */

/** Where a line begins in a file, from 1, and its text. */
export interface CsvLine {
  readonly number: number
  readonly text: string
}

export function* csvLines(text: string): Iterable<CsvLine> {
  let number = 1
  let from = 0
  let quote = next(text, '"', 0)
  while (from < text.length) {
    let to = next(text, '\n', from)
    let breaks = 1
    // Each quote is found once; between two of them line breaks belong to the cell.
    for (let open = false; quote < to || (open && to < text.length); ) {
      if (quote < to) {
        open = !open
        quote = next(text, '"', quote + 1)
      } else {
        to = next(text, '\n', to + 1)
        breaks++
      }
    }
    const end = text.charCodeAt(to - 1) === 13 ? to - 1 : to
    if (end > from) yield { number, text: text.slice(from, end) }
    number += breaks
    from = to + 1
  }
}

/** The cells of the columns asked for, in that order; what a line is too short for, or -1, is empty. */
export function cellsOf(line: string, columns: readonly number[]): readonly string[] {
  if (line.includes('"')) {
    const cells = quotedCells(line)
    return columns.map((column) => cells[column]?.trim() ?? '')
  }
  const found = new Array<string>(columns.length).fill('')
  const last = Math.max(...columns)
  let from = 0
  for (let column = 0; column <= last && from <= line.length; column++) {
    const to = next(line, ',', from)
    const wanted = columns.indexOf(column)
    if (wanted >= 0) found[wanted] = line.slice(from, to).trim()
    from = to + 1
  }
  return found
}

export function headerOf(line: string): readonly string[] {
  return quotedCells(line.replace(/^\uFEFF/, '')).map((cell) => cell.trim())
}

/** Where it is found, or the end. */
function next(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from)
  return at < 0 ? text.length : at
}

function quotedCells(line: string): string[] {
  const cells: string[] = []
  for (const match of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)) {
    cells.push(match[1] === undefined ? (match[2] ?? '') : match[1].replaceAll('""', '"'))
  }
  return cells
}
