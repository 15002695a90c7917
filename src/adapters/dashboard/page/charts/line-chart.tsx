/**
 * Lines over time, drawn by uPlot on a canvas. Screen readers cannot read a canvas, so `label` and the text beside it must say
 * what it shows.
 */
import { useEffect, useRef, useState } from 'preact/hooks'
import uPlot from 'uplot'
import { onTheme } from '../widgets/theme.tsx'

export interface ChartLine {
  readonly label: string
  /** The name of a colour variable in the style sheet. */
  readonly colour: string
  readonly dash?: readonly number[]
  readonly fill?: boolean
  readonly format: (value: number) => string
}

interface LineChartProps {
  readonly label: string
  readonly height: number
  readonly lines: readonly ChartLine[]
  /** Times in ms, then the values of each line. */
  readonly data: readonly [times: readonly number[], ...values: (readonly (number | null)[])[]]
  /** The shown time. Default: that of the data. */
  readonly span?: readonly [from: number, to: number]
  /** The format of the times below the lines. */
  readonly times: Intl.DateTimeFormat
  /** The shown range of values, from the least and greatest value. */
  readonly range: (least: number, most: number) => readonly [least: number, most: number]
}

/** Resolves a colour variable for the canvas, which does not know it; its value depends on the theme. */
function colour(place: HTMLElement, name: string, opacity = 1): string {
  place.style.color = `rgb(from var(--${name}) r g b / ${opacity})`
  return getComputedStyle(place).color
}

function createPlot(place: HTMLElement, latest: () => LineChartProps): uPlot {
  const { height, lines, data, times } = latest()
  const [first] = lines
  const axis = (): uPlot.Axis => ({
    stroke: () => colour(place, 'soft'),
    grid: { stroke: () => colour(place, 'line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  })
  return new uPlot(
    {
      width: Math.max(200, place.clientWidth),
      height,
      ms: 1,
      legend: { show: true, live: true },
      cursor: { y: false, drag: { x: false, y: false } },
      hooks: { setCursor: [showLatest] },
      scales: {
        x: { range: (_plot, from, to) => [...(latest().span ?? [from, to])] },
        y: { range: (_plot, least, most) => [...latest().range(least ?? 0, most ?? 0)] },
      },
      axes: [
        { ...axis(), size: 28, values: (_plot, ticks) => ticks.map((tick) => times.format(tick)) },
        { ...axis(), size: 56, values: (_plot, ticks) => ticks.map((tick) => first?.format(tick) ?? `${tick}`) },
      ],
      series: [
        { value: (_plot, at) => (at === null ? '' : `${times.format(at)}`) },
        ...lines.map(
          ({ label, colour: name, dash, fill, format }): uPlot.Series => ({
            label,
            stroke: () => colour(place, name),
            width: 1.75,
            points: { show: false },
            ...(dash === undefined ? {} : { dash: [...dash] }),
            ...(fill === true ? { fill: () => colour(place, name, 0.13) } : {}),
            value: (_plot, value) => ((value ?? null) === null ? '–' : format(value)),
          }),
        ),
      ],
    },
    data as unknown as uPlot.AlignedData,
    place,
  )
}

/** While the pointer is at no instant, the legend shows the latest one. */
function showLatest(plot: uPlot | undefined): void {
  const last = (plot?.data[0].length ?? 0) - 1
  if (plot !== undefined && last >= 0 && (plot.cursor.idx ?? null) === null) plot.setLegend({ idx: last })
}

export function LineChart(properties: LineChartProps) {
  const { label, height, data } = properties
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | undefined>(undefined)
  const latest = useRef(properties)
  latest.current = properties
  // A change of theme creates it again with other colours, with its legend.
  const [theme, turn] = useState(0)
  useEffect(() => onTheme(() => turn((turned) => turned + 1)), [])
  useEffect(() => {
    const box = place.current as HTMLDivElement
    plot.current = createPlot(box, () => latest.current)
    const observer = new ResizeObserver(() => {
      plot.current?.setSize({ width: Math.max(200, box.clientWidth), height })
    })
    observer.observe(box)
    return () => {
      observer.disconnect()
      plot.current?.destroy()
    }
  }, [height, theme])
  useEffect(() => {
    plot.current?.setData(data as unknown as uPlot.AlignedData)
    showLatest(plot.current)
  }, [data])
  return <div class="chart" ref={place} role="img" aria-label={label} />
}
