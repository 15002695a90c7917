/** A bar of time, one cell a stretch: how much of it was down decides its height, and its colour in a terminal. */
import type colors from 'picocolors'
import type { Shares } from './chronicle.ts'

export type Palette = typeof colors

const full = '█'
const none = '·'

/** With colours a cell is always full; without, the less of it was up, the lower it is. */
export function barOf(parts: readonly Shares[], colors: Palette): string {
  return parts.map((part) => cellOf(part, colors)).join('')
}

function cellOf({ up, degraded, down, maintenance, unknown }: Shares, colors: Palette): string {
  const seen = up + degraded + down
  if (down > 0)
    return colors.isColorSupported ? (down > seen / 10 ? colors.red(full) : colors.yellow(full)) : downText(down / seen)
  if (degraded > 0) return colors.isColorSupported ? colors.yellow(full) : '▆'
  if (up > 0) return colors.isColorSupported ? colors.green(full) : full
  if (maintenance > unknown) return colors.isColorSupported ? colors.blue(full) : '░'
  return colors.dim(none)
}

function downText(share: number): string {
  if (share > 0.5) return '▁'
  return share > 0.1 ? '▃' : '▅'
}

export function legend(colors: Palette): string {
  const named: readonly (readonly [Shares, string])[] = [
    [only('up'), 'up'],
    [only('degraded'), 'degraded'],
    [{ ...only('up'), up: 0.95, down: 0.05 }, 'some down'],
    [only('down'), 'down'],
    [only('maintenance'), 'maintenance'],
    [only('unknown'), 'unknown'],
  ]
  return named.map(([part, name]) => `${cellOf(part, colors)} ${name}`).join('  ')
}

function only(state: keyof Shares): Shares {
  return { up: 0, degraded: 0, down: 0, maintenance: 0, unknown: 0, [state]: 1 }
}
