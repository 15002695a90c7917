/** A bar whose slices can be read one by one, by arrow keys or pointer: a slider whose value is the slice. */
import { useState } from 'preact/hooks'
import type { BarSlice } from '../../wire/details.ts'
import { sliceText } from '../text/slices.ts'
import { barPaths } from './bar-paths.ts'

interface SliceSliderProps {
  readonly title: string
  readonly slices: readonly BarSlice[]
  readonly now: number
  /** The time zone of the days; undefined if the slices are shorter. */
  readonly zone?: string
}

export function SliceSlider({ title, slices, now, zone }: SliceSliderProps) {
  const last = slices.length - 1
  const [chosen, choose] = useState(last)
  const at = Math.min(chosen, last)
  const slice = slices[at]
  if (slice === undefined) return null
  const go = (to: number): void => choose(Math.min(last, Math.max(0, to)))
  const text = sliceText(slice, now, zone)
  return (
    <div class="walk">
      <div class="walk-title">{title}</div>
      <div
        class="walk-bar"
        role="slider"
        tabIndex={0}
        aria-label={title}
        aria-valuemin={0}
        aria-valuemax={last}
        aria-valuenow={at}
        aria-valuetext={text}
        onKeyDown={(event) => {
          const to = steps[event.key]?.(at, last)
          if (to === undefined) return
          event.preventDefault()
          go(to)
        }}
        onPointerMove={({ currentTarget, clientX }) => {
          const { left, width } = currentTarget.getBoundingClientRect()
          go(Math.floor(((clientX - left) / width) * slices.length))
        }}
      >
        <svg class="bar tall" viewBox={`0 0 ${slices.length} 1`} preserveAspectRatio="none" aria-hidden="true">
          {barPaths(slices).map(([tone, path]) => (
            <path key={tone} class={tone} d={path} />
          ))}
          <path class="cursor" d={`M${at} 0h1v1h-1Z`} />
        </svg>
      </div>
      <div class="walk-text">{text}</div>
    </div>
  )
}

const steps: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowLeft: (at) => at - 1,
  ArrowDown: (at) => at - 1,
  ArrowRight: (at) => at + 1,
  ArrowUp: (at) => at + 1,
  PageDown: (at) => at - 7,
  PageUp: (at) => at + 7,
  Home: () => 0,
  End: (_at, last) => last,
}
