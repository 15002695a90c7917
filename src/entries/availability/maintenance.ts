/** `holdfast/availability/maintenance`: maintenance that recurs. */
export { type MaintenanceHours, maintenance } from '../../availability/maintenance/recurring-maintenance.ts'
