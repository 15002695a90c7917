export type { FastifyReply, NodeResponse } from '../../serving/answer.ts'
export type { DrainOptions } from './drain.ts'

export type { HealthHandler, HealthRequest } from './handler.ts'
export { healthEndpoints } from './health.ts'
export type {
  HealthCheck,
  HealthCheckOptions,
  HealthDetails,
  HealthEndpoints,
  HealthEndpointsOptions,
  HealthResult,
  StateSource,
} from './health-endpoints.ts'
export type { HealthPhase } from './lifecycle.ts'
export type { DrainOnSignalOptions, SignalSource } from './signals.ts'
export type { HealthStatus } from './verdict.ts'
