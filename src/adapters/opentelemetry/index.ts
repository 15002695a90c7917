export { type HoldfastTelemetry, holdfastTelemetry } from './holdfast-telemetry.ts'
export type { HoldfastTelemetryOptions } from './options.ts'
