/** Names of attributes, and the time they are in. */
import type { Milliseconds } from '../../core/duration.ts'

/** All of ours are in one namespace; what OpenTelemetry has a name for has that one. */
export function attributeName(own: string): string {
  return own === 'error.type' ? own : `holdfast.${own}`
}

/** `circuitBreaker` as it stands in names: `circuit_breaker`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** OpenTelemetry measures time in seconds. */
export function seconds(time: Milliseconds): number {
  return time / 1000
}
