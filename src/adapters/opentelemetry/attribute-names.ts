/** Names of attributes, and their unit of time. */
import type { Milliseconds } from '../../core/duration.ts'

/** Our attributes are in one namespace, except those that OpenTelemetry has a name for. */
export function attributeName(own: string): string {
  return own === 'error.type' ? own : `holdfast.${own}`
}

/** `circuitBreaker` as `circuit_breaker`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** OpenTelemetry measures time in seconds. */
export function seconds(time: Milliseconds): number {
  return time / 1000
}
