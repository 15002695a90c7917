/** `holdfast/availability/report`: reports with estimates, and as text, Markdown, CSV or JSON. */
export {
  type AvailabilityReport,
  type ComponentReport,
  fullReport,
  type ReportEstimates,
} from '../../availability/estimates/full-report.ts'
export type { ReportConfidence } from '../../availability/estimates/report-confidence.ts'
export { explainReport } from '../../availability/format/explain-report.ts'
export { formatReport, type ReportForm } from '../../availability/format/format-report.ts'
