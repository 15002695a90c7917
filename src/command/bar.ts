/** A bar of time, one cell a period. The share of downtime determines the height of a cell, or its colour if there are colours. */
import type colors from 'picocolors'
import type { StateShares } from './log-history.ts'

export type Palette = ReturnType<typeof colors.createColors>

const full = '█'
const none = '·'

export function barOf(parts: readonly StateShares[], colors: Palette): string {
  return parts.map((part) => (colors.isColorSupported ? colouredCell(part, colors) : plainCell(part))).join('')
}

export function legend(colors: Palette): string {
  return colors.isColorSupported
    ? `${colors.green(full)} up  ${colors.yellow(full)} degraded, or down for a tenth at most  ${colors.red(full)} down  ${colors.blue(full)} maintenance  ${colors.dim(none)} unknown`
    : `${full} up  ▆ degraded  ▅ ▃ ▁ down for up to a tenth, a half, all of it  ░ maintenance  ${none} unknown`
}

function colouredCell({ up, degraded, down, maintenance, unknown }: StateShares, colors: Palette): string {
  if (down > (up + degraded + down) / 10) return colors.red(full)
  if (down > 0 || degraded > 0) return colors.yellow(full)
  if (up > 0) return colors.green(full)
  return maintenance > unknown ? colors.blue(full) : colors.dim(none)
}

function plainCell({ up, degraded, down, maintenance, unknown }: StateShares): string {
  const seen = up + degraded + down
  if (down > seen / 2) return '▁'
  if (down > seen / 10) return '▃'
  if (down > 0) return '▅'
  if (degraded > 0) return '▆'
  if (up > 0) return full
  return maintenance > unknown ? '░' : none
}
