/**
 * The shapes of a bar of slices: a path a colour, so that a bar of ninety days is five shapes and not some hundreds. Pure.
 *
 * A slice is a column of height 1. What was bad stands on top and is never thinner than can be seen; what nothing is known of
 * stays empty.
 */
import type { Slice } from '../../wire/facts.ts'
import type { Tone } from '../text/states.ts'

/** The least that a part shows of a column. */
const least = 0.2
const gap = 0.15

/** From the top of a column down; the rest is good. */
const parts = [
  ['bad', 'down'],
  ['weak', 'degraded'],
  ['planned', 'maintenance'],
] as const

export function barPaths(slices: readonly Slice[]): readonly (readonly [tone: Tone, path: string])[] {
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
      const bottom = Math.min(1, top + Math.max(least, time / known))
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
