/** A bar of slices as a picture, with one sentence for screen readers. */
import type { BarSlice } from '../../wire/details.ts'
import { barPaths } from './bar-paths.ts'

interface BarProps {
  readonly slices: readonly BarSlice[] | undefined
  readonly label: string
}

export function Bar({ slices, label }: BarProps) {
  if (slices === undefined) return <span class="bar empty" aria-hidden="true" />
  return (
    <svg class="bar" viewBox={`0 0 ${slices.length} 1`} preserveAspectRatio="none" role="img" aria-label={label}>
      {barPaths(slices).map(([tone, path]) => (
        <path key={tone} class={tone} d={path} />
      ))}
    </svg>
  )
}
