import { afterAll, describe, expect, it } from 'vitest'
import { CsvLog } from '../../src/command/csv/csv-log.ts'
import { cellsOf } from '../../src/command/csv/plain-cells.ts'
import { Instants } from '../../src/command/instants/instants.ts'
import { LogReading } from '../../src/command/log-reading.ts'
import { command, logOf, removeFolder } from './support/command.ts'
import { expected, lanl, sha256 } from './support/lanl.ts'

const minute = 60_000
const path = logOf('lanl.csv', lanl)
const text = lanl.toString('utf8')

afterAll(removeFolder)

interface Numbers {
  readonly window: { readonly fromAt: number; readonly toAt: number }
  readonly [field: string]: unknown
}

async function reports(...argv: readonly string[]): Promise<Readonly<Record<string, Numbers>>> {
  const { code, out, err } = await command(['report', path, '--quiet', '--format', 'json', '--window', 'each', ...argv])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return JSON.parse(out).components
}

interface Incident {
  readonly start: number
  readonly end: number
}

const incidentsIn = (zone: string): readonly Incident[] => {
  const reading = new LogReading({ words: {} }, new Instants(zone))
  const log = new CsvLog(',', reading)
  log.push(text)
  log.end()
  expect(reading.bad.count).toBe(0)
  return [...reading.contents.components.values()].flatMap(({ periods }) =>
    [...periods.values()].flatMap(({ starts, ends }) =>
      starts.map((start, index) => ({ start, end: ends[index] as number })),
    ),
  )
}

describe('the failures of LANL', () => {
  it('are the file that was published', () => {
    expect(sha256).toBe(expected.sha256.csv)
  })

  it('have so many rows, and so much down time', () => {
    const lines = text.trimEnd().split('\n').slice(1)
    // Quotes stand behind this column alone.
    const down = lines.map((line) => Number(cellsOf(line, ',', [18])[0]))
    down.sort((a, b) => a - b)
    const sum = down.reduce((total, time) => total + time, 0)

    expect(incidentsIn('UTC')).toHaveLength(expected.rows)
    expect(incidentsIn('UTC').filter(({ start, end }) => start === end)).toHaveLength(expected.zeroLength)
    const { downTimeMinutes } = expected
    expect(sum).toBe(downTimeMinutes.sum)
    expect(sum / down.length).toBeCloseTo(downTimeMinutes.mean, 2)
    expect(down[down.length >> 1]).toBe(downTimeMinutes.median)
    expect(down.at(-1)).toBe(downTimeMinutes.max)
  })

  it.each(['7', '15'] as const)('give system %s its numbers', async (system) => {
    const known = expected.systems[system]
    const report = (await reports('--component', system))[system] as Numbers & Record<string, number>
    const minutes = (time: unknown): number => (time as number) / minute

    expect(report).toMatchObject({
      failures: known.mergedOutages,
      restorations: known.mergedOutages,
      downtime: known.downMin * minute,
      uptime: known.upMin * minute,
      window: { fromAt: Date.parse(known.from), toAt: Date.parse(known.to), duration: known.windowMin * minute },
      outageLengths: { count: known.mergedOutages, median: known.medianTtrMin * minute },
      longestOutage: known.longestMin * minute,
      blips: known.zeroLength,
      coverage: 1,
    })
    const { mtbf, mut, mttr, availability, confidence } = report as unknown as {
      [name: string]: number
    } & { mttr: { recovery: number }; confidence: { mtbf: { lower: number; upper: number } } }
    expect(availability).toBeCloseTo(known.availability, 11)
    expect(minutes(mtbf)).toBeCloseTo(known.mtbfOperatingMin, 6)
    expect(minutes(mttr.recovery)).toBeCloseTo(known.mttrMin, 5)
    expect(minutes(mut)).toBeCloseTo(known.meanTimeBetweenEndAndNextStartMin, 5)
    expect(minutes(confidence.mtbf.lower)).toBeCloseTo(known.mtbf90CI[0] as number, 4)
    expect(minutes(confidence.mtbf.upper)).toBeCloseTo(known.mtbf90CI[1] as number, 4)
  })

  it('have rows whose length depends on the clock change inside them', () => {
    const [naive, local] = [incidentsIn('UTC'), incidentsIn(expected.clock.zone)]
    const off = naive.map(({ start, end }, index) => {
      const there = local[index] as Incident
      return (there.end - there.start - (end - start)) / minute
    })

    const straddling = off.filter((minutes) => minutes !== 0)
    expect(straddling).toHaveLength(expected.clock.recordsStraddlingUsDstChange)
    expect(straddling.filter((minutes) => Math.abs(minutes) === 60)).toHaveLength(24)
  })

  it('give the fleets their numbers, node by node', async () => {
    const nodes = Object.entries(await reports('--by', 'System', '--by', 'nodenumz'))

    for (const fleet of expected.fleet) {
      const own = nodes.filter(([name]) => name.startsWith(`${fleet.system}/`)).map(([, report]) => report)
      const sum = (field: string): number => own.reduce((total, report) => total + (report[field] as number), 0)
      const window =
        Math.max(...own.map(({ window }) => window.toAt)) - Math.min(...own.map(({ window }) => window.fromAt))
      const down = sum('downtime') / minute

      expect(own).toHaveLength(fleet.nodesSeen)
      expect(window / minute).toBe(fleet.windowMin)
      expect(sum('failures')).toBe(fleet.outages)
      expect(down).toBe(fleet.downNodeMin)
      expect(down / fleet.outages).toBeCloseTo(fleet.mttrMin, 8)
      expect(1 - down / (fleet.declaredNodes * fleet.windowMin)).toBeCloseTo(fleet.nodeAvailability, 11)
    }
  }, 60_000)
})
