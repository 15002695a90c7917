/** What an exporter says of itself. */
import { counter } from './instrument.ts'

export const exporterInstruments = {
  errors: counter('exporter.errors', '{error}', 'Failures of the exporter that were contained', {
    source: 'exporter.source',
  }),
  dropped: counter(
    'exporter.dropped',
    '{series}',
    'How often something was left out of a scrape because a limit was reached',
    { limit: 'exporter.limit' },
  ),
}
