/** The name of an instrument in Prometheus, by the rules of OpenTelemetry's own exporters. */
import type { Instrument } from '../../metrics/instrument.ts'

/** Dots become `_`; the unit follows as a word, then `_total` for a counter. Units in braces have no word. */
export function metricName(prefix: string, { name, kind, unit }: Instrument): string {
  const suffix = unit === 's' ? '_seconds' : unit === '1' && kind === 'gauge' ? '_ratio' : ''
  return `${prefix}_${name.replaceAll('.', '_')}${suffix}${kind === 'counter' ? '_total' : ''}`
}
