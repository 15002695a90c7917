/** The results as one table of Markdown, with what is left out below it. */

/** What a runtime made of a row. */
export type Cell =
  | { readonly passed: number; readonly failed: number; readonly loads?: boolean }
  /** It does not run here, for a reason that a note below the table says. */
  | { readonly why: string }
  /** The runtime is not installed. */
  | undefined

export interface Row {
  readonly title: string
  readonly cells: readonly Cell[]
}

/** A cell of tests says how many passed, or how many of all; one of an entry whether it loads. */
export function tableOf(columns: readonly string[], rows: readonly Row[]): string {
  const notes: string[] = []
  const mark = (why: string): string => {
    if (!notes.includes(why)) notes.push(why)
    return `no (${notes.indexOf(why) + 1})`
  }
  const shown = (cell: Cell): string => {
    if (cell === undefined) return 'not here'
    if ('why' in cell) return mark(cell.why)
    if (cell.loads !== undefined) return cell.loads ? 'yes' : '**wrong**'
    return cell.failed > 0 ? `**${cell.passed} of ${cell.passed + cell.failed}**` : String(cell.passed)
  }
  const lines = rows.map(({ title, cells }) => [title, ...cells.map(shown)])
  const text = [['', ...columns], ['---', ...columns.map(() => '--:')], ...lines].map(
    (cells) => `| ${cells.join(' | ')} |`,
  )
  return [...text, '', ...notes.map((note, index) => `${index + 1}. ${note}`)].join('\n').trimEnd()
}
