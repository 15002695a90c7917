/** The line that reports how a log was interpreted, so that no assumption is silent. */
import { usualIncidents } from './formats/usual.ts'
import type { Assumptions } from './instants/instants.ts'
import type { LogReading } from './log-reading.ts'

const units = { s: 'seconds', ms: 'milliseconds', µs: 'microseconds', ns: 'nanoseconds' }

export function summaryOf(name: string, form: string, reading: LogReading, assumed: Assumptions, zone: string): string {
  const { contents, skipped } = reading
  const readers = reading.readers.filter(({ taken }) => taken > 0 || contents.size === 0)
  readers.sort((a, b) => b.taken - a.taken)
  const titles = readers.map(({ layout: { format } }) =>
    format === usualIncidents && contents.saysUp ? 'periods' : format.title,
  )
  const said = [`${name}: ${[...new Set([form, ...titles])].join(', ')}`]
  const [first] = readers
  if (first !== undefined) said.push(first.layout.text)
  said.push(`${counted(contents.size, 'entry', 'entries')} on ${counted(contents.components.size, 'component')}`)
  if (skipped > 0) said.push(`${counted(skipped, 'line')} about other things skipped`)
  const work = readers.find((reader) => reader.work !== undefined)?.work
  if (work !== undefined) said.push(`words such as ${JSON.stringify(work)} do not name a state, so all are down`)
  if (reading.hasIncidents)
    said.push(contents.saysUp ? 'unknown outside of its periods' : 'up outside of its incidents')
  said.push(...assumptions(assumed, zone))
  return said.join('; ')
}

function assumptions({ local, order, dayFirst, units: used }: Assumptions, zone: string): readonly string[] {
  const said: string[] = []
  if (local) said.push(`times without an offset are in ${zone}`)
  if (order) said.push(`dates such as 1/2/2026 have their ${dayFirst ? 'day' : 'month'} first`)
  if (used.size > 0) said.push(`numbers are ${[...used].map((unit) => units[unit]).join(' and ')} since 1970`)
  return said
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`
}
