/**
 * Lines over time, drawn by uPlot on a canvas. What it shows is said in words by `label` and beside it, since a canvas says
 * nothing to a screen reader.
 */
import { useEffect, useRef, useState } from 'preact/hooks'
import uPlot from 'uplot'
import { onTheme } from '../widgets/theme.tsx'

export interface Line {
  readonly label: string
  /** The name of a colour in the style sheet. */
  readonly colour: string
  readonly dash?: readonly number[]
  readonly fill?: boolean
  readonly format: (value: number) => string
}

interface Properties {
  readonly label: string
  readonly height: number
  readonly lines: readonly Line[]
  /** Times in ms, then the values of each line. */
  readonly data: readonly [times: readonly number[], ...values: (readonly (number | null)[])[]]
  /** From and to; else what there is. */
  readonly span?: readonly [from: number, to: number]
  /** How instants are written under the lines. */
  readonly times: Intl.DateTimeFormat
  /** The least and the most that is shown of values. */
  readonly range: (least: number, most: number) => readonly [least: number, most: number]
}

/** As a canvas takes it: the style sheet's own words depend on the theme. */
function colour(place: HTMLElement, name: string, opacity = 1): string {
  place.style.color = `rgb(from var(--${name}) r g b / ${opacity})`
  return getComputedStyle(place).color
}

function made(place: HTMLElement, latest: () => Properties): uPlot {
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
      hooks: { setCursor: [tellLatest] },
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

/** While nobody points at an instant the legend tells the latest one. */
function tellLatest(plot: uPlot | undefined): void {
  const last = (plot?.data[0].length ?? 0) - 1
  if (plot !== undefined && last >= 0 && (plot.cursor.idx ?? null) === null) plot.setLegend({ idx: last })
}

export function LineChart(properties: Properties) {
  const { label, height, data } = properties
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | undefined>(undefined)
  const latest = useRef(properties)
  latest.current = properties
  // In other colours it is made anew, with its legend.
  const [theme, turn] = useState(0)
  useEffect(() => onTheme(() => turn((turned) => turned + 1)), [])
  useEffect(() => {
    const box = place.current as HTMLDivElement
    plot.current = made(box, () => latest.current)
    const sized = new ResizeObserver(() => {
      plot.current?.setSize({ width: Math.max(200, box.clientWidth), height })
    })
    sized.observe(box)
    return () => {
      sized.disconnect()
      plot.current?.destroy()
    }
  }, [height, theme])
  useEffect(() => {
    plot.current?.setData(data as unknown as uPlot.AlignedData)
    tellLatest(plot.current)
  }, [data])
  return <div class="chart" ref={place} role="img" aria-label={label} />
}
