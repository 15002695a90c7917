/**
 * Lines of a CSV file (RFC 4180), as their cells.
 *
 * A quote opens a cell only as its first character; such a cell may hold commas, doubled quotes and line breaks. Nearly no
 * line has a quote, so a line without one is split at its commas, and only as far as its last column that is asked for.
 */

export interface CsvLine {
  /** Where it begins in the file, from 1. */
  readonly number: number
  readonly text: string
  /** A quoted cell of it never ends; its text is the rest of that one line. */
  readonly unclosed: boolean
}

export function* csvLines(text: string): Iterable<CsvLine> {
  let number = 1
  let from = 0
  let quote = next(text, '"', 0)
  while (from < text.length) {
    let to = next(text, '\n', from)
    let breaks = 1
    let unclosed = false
    if (quote < to) {
      const end = quotedEnd(text, from)
      unclosed = end < 0
      if (!unclosed) {
        for (let at = to; at < end; at = next(text, '\n', at + 1)) breaks++
        to = end
      }
      quote = next(text, '"', to)
    }
    const end = text.charCodeAt(to - 1) === 13 ? to - 1 : to
    if (end > from) yield { number, text: text.slice(from, end), unclosed }
    number += breaks
    from = to + 1
  }
}

/** The cells of the columns asked for, in that order; what a line is too short for, or -1, is empty. */
export function cellsOf(line: string, columns: readonly number[]): readonly string[] {
  if (line.includes('"')) {
    const cells = allCells(line)
    return columns.map((column) => cells[column] ?? '')
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

/** Without blanks around them. */
export function allCells(line: string): readonly string[] {
  const cells: string[] = []
  for (let from = 0; from <= line.length; ) {
    const close = line[from] === '"' ? closing(line, from) : -1
    const to = next(line, ',', close < 0 ? from : close)
    const cell =
      close < 0
        ? line.slice(from, to)
        : `${line.slice(from + 1, close).replaceAll('""', '"')}${line.slice(close + 1, to)}`
    cells.push(cell.trim())
    from = to + 1
  }
  return cells
}

/** Where a line ends that may have quoted cells; -1 where one of them never does. */
function quotedEnd(text: string, from: number): number {
  let end = next(text, '\n', from)
  for (let cell = from; ; ) {
    if (text[cell] === '"') {
      const close = closing(text, cell)
      if (close < 0) return -1
      if (close > end) end = next(text, '\n', close)
      cell = close
    }
    cell = next(text, ',', cell) + 1
    if (cell > end) return end
  }
}

/** The quote that ends the cell that the one at `open` begins; -1 where there is none. */
function closing(text: string, open: number): number {
  let at = text.indexOf('"', open + 1)
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2)
  return at
}

/** Where it is found, or the end. */
function next(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from)
  return at < 0 ? text.length : at
}
