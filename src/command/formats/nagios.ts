/** The log of Icinga and Nagios: `[1767607200] SERVICE ALERT: shop;http;CRITICAL;HARD;3;timeout`. */
import type { Format } from './format.ts'

/** As `nagiosCells` gives them. */
export const nagiosFields = ['time', 'host', 'service', 'state', 'type']

const alert = /^\[(\d+)\] (?:(?:CURRENT|INITIAL) )?(HOST|SERVICE) (?:ALERT|STATE): (.*)$/

export const nagios: Format = {
  name: 'nagios',
  title: 'the log of Icinga or Nagios',
  signs: [nagiosFields],
  kind: 'states',
  at: ['time'],
  state: ['state'],
  // A host behind one that is down cannot be seen.
  words: { unreachable: 'unknown' },
  only: { field: 'type', is: ['hard'] },
  component: ['host', 'service'],
  joined: true,
}

export function isNagios(line: string): boolean {
  return /^\[\d{9,}\] /.test(line)
}

/** The fields of a line about a state; undefined for all others. */
export function nagiosCells(line: string): readonly string[] | undefined {
  const found = alert.exec(line)
  if (found === null) return undefined
  const [, time = '', object, rest = ''] = found
  const parts = rest.split(';')
  const [host = '', service = '', state = '', type = ''] = object === 'HOST' ? [parts[0], '', ...parts.slice(1)] : parts
  return [time, host, service, state, type]
}
