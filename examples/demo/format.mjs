// Numbers as people read them.

/** A share as a percentage, never rounded up to 100 % or down to 0 %. */
export function percent(share) {
  if (share === null || share === undefined) return '–'
  const digits = Math.floor(share * 100_000) / 1000
  return `${digits.toFixed(3)} %`
}

export function seconds(ms) {
  return ms === null || ms === undefined ? '–' : `${(ms / 1000).toFixed(2)} s`
}

/** Rows of text in columns, the first row a heading. */
export function table(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => String(row[i]).length)))
  const lines = rows.map((row) =>
    row
      .map((cell, i) => String(cell).padEnd(widths[i]))
      .join('  ')
      .trimEnd(),
  )
  return [lines[0], widths.map((width) => '─'.repeat(width)).join('  '), ...lines.slice(1)]
}
