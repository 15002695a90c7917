/**
 * The dashboard: what is served, what the objectives say, and where it hurts.
 *
 * Every query is run by a test against a Prometheus that scrapes a live process.
 */
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard'
import { source } from './panels.ts'
import { policyRows } from './policy-rows.ts'
import { servingRows } from './serving-rows.ts'

export function holdfastDashboard(): dashboard.Dashboard {
  const built = new dashboard.DashboardBuilder('holdfast')
    .uid('holdfast')
    .description('Availability, objectives and policies of services with holdfast.')
    .tags(['holdfast'])
    .timezone('browser')
    .time({ from: 'now-6h', to: 'now' })
    .refresh('30s')
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .withVariable(new dashboard.DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'))
    .withVariable(
      new dashboard.QueryVariableBuilder('job')
        .label('Job')
        .datasource(source)
        .query('label_values(holdfast_exporter_dropped_total, job)')
        .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
        .multi(true)
        .includeAll(true)
        .allValue('.+'),
    )
  for (const [title, panels] of Object.entries({ ...servingRows, ...policyRows })) {
    built.withRow(new dashboard.RowBuilder(title))
    for (const panel of panels) built.withPanel(panel)
  }
  return built.build()
}
