/** Four policies that are read by an exporter, beside the same without one. */
import { work } from './work.mjs'

const readers = {
  prometheus: ['metrics for Prometheus', 'metrics'],
  'prometheus-durations': ['metrics for Prometheus, with `callDuration`', 'durations'],
  otel: ['metrics for OpenTelemetry', 'meter'],
  'otel-durations': ['metrics for OpenTelemetry, with `callDuration`', 'meterDurations'],
  'otel-spans-dropped': ['spans, where the sampler drops the call', 'spansDropped'],
  'otel-spans': ['spans, where it is recorded, the call and its try', 'spans'],
  diagnostics: ['diagnostics channels without a subscriber', 'channels'],
  'diagnostics-heard': ['diagnostics channels, with a subscriber to `holdfast:call`', 'channelsHeard'],
}

export const exporters = Object.entries(readers).map(([name, [title, by]]) => ({
  name,
  group: 'exporters',
  title,
  subject: async (who) => (await import('../peers/exporters.mjs')).read(who === 'without' ? 'none' : by, work),
  without: 'none',
  by: [],
  // What exporters' own libraries cost is not for the guard.
  guarded: false,
}))
