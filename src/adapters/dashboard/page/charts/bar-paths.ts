/**
 * The shapes of a bar: one path per colour, so that a bar of ninety days needs five shapes instead of hundreds. Pure.
 *
 * A slice is a column of height 1. Bad time is at the top and always thick enough to be visible. A slice without data is a low
 * column.
 */
import type { BarSlice } from '../../wire/details.ts'
import type { Tone } from '../text/states.ts'

/** The minimal height of a part within its column. */
const minHeight = 0.2
const gap = 0.15

/** From the top of a column downwards; the rest is good. */
const parts = [
  ['bad', 'down'],
  ['weak', 'degraded'],
  ['planned', 'maintenance'],
] as const

export function barPaths(slices: readonly BarSlice[]): readonly (readonly [tone: Tone, path: string])[] {
  const paths: Record<Tone, string> = { good: '', weak: '', bad: '', planned: '', none: '' }
  for (const [index, slice] of slices.entries()) {
    const { up, degraded, down, maintenance } = slice
    const known = up + degraded + down + maintenance
    if (known <= 0) {
      paths.none += column(index, 0.8, 1)
      continue
    }
    let top = 0
    for (const [tone, state] of parts) {
      const time = slice[state]
      if (time <= 0) continue
      const bottom = Math.min(1, top + Math.max(minHeight, time / known))
      paths[tone] += column(index, top, bottom)
      top = bottom
    }
    if (up > 0 && top < 1) paths.good += column(index, top, 1)
  }
  return (Object.entries(paths) as [Tone, string][]).filter(([, path]) => path !== '')
}

function column(index: number, top: number, bottom: number): string {
  return `M${index + gap / 2} ${round(top)}h${1 - gap}V${round(bottom)}h${gap - 1}Z`
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
