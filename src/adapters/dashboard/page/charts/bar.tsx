/** A bar of slices as a picture, said in one sentence. */
import type { Slice } from '../../wire/facts.ts'
import { barPaths } from './bar-paths.ts'

interface Properties {
  readonly slices: readonly Slice[] | undefined
  readonly label: string
}

export function Bar({ slices, label }: Properties) {
  if (slices === undefined) return <span class="bar empty" aria-hidden="true" />
  return (
    <svg class="bar" viewBox={`0 0 ${slices.length} 1`} preserveAspectRatio="none" role="img" aria-label={label}>
      {barPaths(slices).map(([tone, path]) => (
        <path key={tone} class={tone} d={path} />
      ))}
    </svg>
  )
}
