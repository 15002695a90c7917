/** Cells of a line without quotes, without blanks around them. */

/** The cells of `columns`, in that order; missing cells are empty. Scans no further than necessary. */
export function cellsOf(line: string, separator: string, columns: readonly number[]): readonly string[] {
  const found = new Array<string>(columns.length).fill('')
  const last = Math.max(...columns)
  let from = 0
  for (let column = 0; column <= last && from <= line.length; column++) {
    const at = line.indexOf(separator, from)
    const to = at < 0 ? line.length : at
    const wanted = columns.indexOf(column)
    if (wanted >= 0) found[wanted] = line.slice(from, to).trim()
    from = to + 1
  }
  return found
}

export function allCells(line: string, separator: string): readonly string[] {
  return line.split(separator).map((cell) => cell.trim())
}
