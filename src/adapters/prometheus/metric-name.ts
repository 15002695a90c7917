/** The name of an instrument in Prometheus, by the rules OpenTelemetry's own exporters follow. */
import type { Instrument } from '../../metrics/instrument.ts'

/** Dots become `_`, then come the unit as a word, and `_total` for what only grows. Units in braces have no word. */
export function metricName(prefix: string, { name, kind, unit }: Instrument): string {
  const suffix = unit === 's' ? '_seconds' : unit === '1' && kind === 'gauge' ? '_ratio' : ''
  return `${prefix}_${name.replaceAll('.', '_')}${suffix}${kind === 'counter' ? '_total' : ''}`
}
