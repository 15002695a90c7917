/** The kinds of panels of the dashboard, by Grafana's typed builders. */
import type * as cog from '@grafana/grafana-foundation-sdk/cog'
import * as common from '@grafana/grafana-foundation-sdk/common'
import type * as dashboard from '@grafana/grafana-foundation-sdk/dashboard'
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus'
import * as stat from '@grafana/grafana-foundation-sdk/stat'
import * as statetimeline from '@grafana/grafana-foundation-sdk/statetimeline'
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries'

/** A panel on the grid of 24 columns, which is filled from left to right. */
export type Panel = cog.Builder<dashboard.Panel>

/** Panels, by the title of their row. */
export type Rows = Readonly<Record<string, readonly Panel[]>>

/** A query, and the name of its series. */
export type Query = readonly [expr: string, legend: string]

/** The name and colour of each number that encodes a state. */
export type Names = readonly (readonly [text: string, color: string])[]

interface Look {
  readonly unit?: string
  readonly width?: number
  readonly max?: number
  readonly stacked?: boolean
  readonly description?: string
}

export const source = { type: 'prometheus', uid: '$datasource' }

function targets(queries: readonly Query[]): cog.Builder<prometheus.Dataquery>[] {
  return queries.map(([expr, legend], index) =>
    new prometheus.DataqueryBuilder()
      .refId(String.fromCharCode(65 + index))
      .datasource(source)
      .expr(expr)
      .legendFormat(legend),
  )
}

export function lines(title: string, queries: readonly Query[], look: Look = {}): Panel {
  const panel = new timeseries.PanelBuilder()
    .title(title)
    .datasource(source)
    .unit(look.unit ?? 'short')
    .min(0)
    .span(look.width ?? 8)
    .height(8)
    .showPoints(common.VisibilityMode.Never)
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .showLegend(true),
    )
    .targets(targets(queries))
  if (look.description !== undefined) panel.description(look.description)
  if (look.max !== undefined) panel.max(look.max)
  if (look.stacked === true) {
    panel.fillOpacity(40).stacking(new common.StackingConfigBuilder().mode(common.StackingMode.Normal))
  }
  return panel
}

export function number(title: string, queries: readonly Query[], look: Look = {}): Panel {
  const panel = new stat.PanelBuilder()
    .title(title)
    .datasource(source)
    .unit(look.unit ?? 'percentunit')
    .span(look.width ?? 6)
    .height(5)
    .decimals(3)
    .targets(targets(queries))
  return look.description === undefined ? panel : panel.description(look.description)
}

/** One band for each series, in the colour of its state. */
export function states(title: string, query: Query, names: Names, look: Look = {}): Panel {
  const options = Object.fromEntries(
    names.map(([text, color], value) => [String(value), { text, color, index: value }]),
  )
  return new statetimeline.PanelBuilder()
    .title(title)
    .datasource(source)
    .span(look.width ?? 24)
    .height(8)
    .mergeValues(true)
    .mappings([{ type: 'value', options } as dashboard.ValueMap])
    .targets(targets([query]))
}
