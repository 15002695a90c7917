/** Old history in a snapshot: buckets of time, and the state of the walk over outages at their end. */
import type { Component } from '../components/component.ts'
import type { TrackedOutage, WalkState } from '../outages/tracked-outage.ts'
import { Archive } from '../timeline/archive.ts'
import type { SavedArchive } from './snapshot.ts'

export function savedArchive(component: Component): SavedArchive | undefined {
  const { timeline, base } = component.history
  const { archive } = timeline
  if (archive === undefined) return undefined
  return { until: archive.until, buckets: archive.buckets, standing: Number.isFinite(base.time) ? base : null }
}

/** Takes it up in a tracker whose time is ahead by `shift`, and the wall clock of that by `phase`. */
export function resumeArchive(component: Component, saved: SavedArchive, shift: number, phase: number): void {
  const buckets = saved.buckets.map((bucket) => ({ ...bucket, from: bucket.from + shift, to: bucket.to + shift }))
  const archive = new Archive(phase, saved.until + shift, buckets)
  component.resume(archive, saved.standing === null ? undefined : movedStanding(saved.standing, shift))
}

function movedStanding({ time, served, last, ...rest }: WalkState, shift: number): WalkState {
  const moved = (at: number | null): number | null => (at === null ? null : at + shift)
  return { ...rest, time: time + shift, served: moved(served), last: last && movedOutage(last, shift) }
}

function movedOutage(outage: TrackedOutage, shift: number): TrackedOutage {
  const { start, end, lastServed, nextServed } = outage
  return {
    ...outage,
    start: start + shift,
    end: end + shift,
    lastServed: lastServed === null ? null : lastServed + shift,
    nextServed: nextServed === null ? null : nextServed + shift,
  }
}
