/** `holdfast/availability/snapshot`: snapshots of a tracker, and how a tracker goes on from one. */
export type { AvailabilitySnapshot } from '../../availability/snapshot/snapshot.ts'
export { restore, snapshot } from '../../availability/snapshot/tracker-snapshot.ts'
