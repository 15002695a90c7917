/**
 * How many observers are in each state, at each instant: one sweep over all tracks, O(log k) a transition for k tracks.
 *
 * A binary heap orders the tracks by the time of their next step. Invariant: no track comes before its parent, which is
 * at half its index.
 */
import type { Steps } from '../availability/timeline/steps.ts'
import { ABSENT } from './track.ts'

/** The number of observers in each state, by code, and of absent ones. */
export type StateCounts = readonly number[]

/** Calls `visit` at each instant at which a track has a step. `silent` more observers are always absent. */
export function countStates(
  tracks: readonly Steps[],
  silent: number,
  visit: (time: number, counts: StateCounts) => void,
): void {
  const counts = new Array<number>(ABSENT + 1).fill(0)
  counts[ABSENT] = tracks.length + silent
  const next = new Uint32Array(tracks.length)
  const due = Float64Array.from(tracks, (track) => timeOf(track, 0))
  const said = new Uint8Array(tracks.length).fill(ABSENT)
  const heap = Uint32Array.from(due.keys()).sort((one, other) => (due[one] as number) - (due[other] as number))
  for (;;) {
    const time = due[heap[0] as number] as number
    if (time === Number.POSITIVE_INFINITY) return
    while (due[heap[0] as number] === time) {
      const first = heap[0] as number
      const track = tracks[first] as Steps
      const code = track.codeAt(next[first] as number)
      counts[said[first] as number] = (counts[said[first] as number] as number) - 1
      counts[code] = (counts[code] as number) + 1
      said[first] = code
      next[first] = (next[first] as number) + 1
      due[first] = timeOf(track, next[first] as number)
      sink(heap, due)
    }
    visit(time, counts)
  }
}

function timeOf(track: Steps, index: number): number {
  return index < track.length ? track.timeAt(index) : Number.POSITIVE_INFINITY
}

/** Restores the heap after the first track got a later time. */
function sink(heap: Uint32Array, due: Float64Array): void {
  const moved = heap[0] as number
  const time = due[moved] as number
  let place = 0
  for (let child = 1; child < heap.length; child = 2 * place + 1) {
    const right = child + 1
    if (right < heap.length && (due[heap[right] as number] as number) < (due[heap[child] as number] as number)) {
      child = right
    }
    if ((due[heap[child] as number] as number) >= time) break
    heap[place] = heap[child] as number
    place = child
  }
  heap[place] = moved
}
