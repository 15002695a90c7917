/** `holdfast/availability/status`: the present state of components, and time cut into slices. */
export type { ComponentStatus } from '../../availability/status/component-status.ts'
export type { TimeSlice } from '../../availability/status/time-slices.ts'
export { componentState, statuses, timeSlices } from '../../availability/status/tracker-status.ts'
