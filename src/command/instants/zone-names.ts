/**
 * Parses the zone after a time: an offset, an IANA zone, or one of the few unambiguous abbreviations.
 *
 * Those are from RFC 2822 (section 4.3) and from Europe. Others, such as `IST`, name several zones and are never guessed.
 */
import { zoneCheck } from '../../availability/time/zone.ts'
import type { Milliseconds } from '../../core/duration.ts'

/** An offset from UTC, a zone, or a name that is neither. */
export type ZoneReference = { readonly offset: Milliseconds } | { readonly zone: string } | { readonly unknown: string }

const hour = 3_600_000
const minute = 60_000

const abbreviations: Readonly<Record<string, number>> = {
  z: 0,
  utc: 0,
  gmt: 0,
  ut: 0,
  est: -5,
  edt: -4,
  cst: -6,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
  wet: 0,
  west: 1,
  cet: 1,
  cest: 2,
  eet: 2,
  eest: 3,
}

const numeric = /^(?:utc|gmt)?([+-])(\d\d?)(?::?(\d\d))?$/i
/** The bracketed zone that Java and Temporal append to an offset, with the same meaning. */
const bracketed = /^(.+)\[[^\]]+\]$/

export function zoneReference(text: string): ZoneReference {
  const name = bracketed.exec(text)?.[1] ?? text.replace(/^\[([^\]]+)\]$/, '$1')
  const hours = abbreviations[name.toLowerCase()]
  if (hours !== undefined) return { offset: hours * hour }
  const parts = numeric.exec(name)
  if (parts !== null) return { offset: offsetOf(parts) }
  let known = name.includes('/')
  zoneCheck(name, () => {
    known = false
    return undefined as never
  })
  return known ? { zone: name } : { unknown: text }
}

function offsetOf([, sign, hours, minutes = '0']: RegExpExecArray): Milliseconds {
  if (Number(hours) > 23 || Number(minutes) > 59) return Number.NaN
  return (sign === '-' ? -1 : 1) * (Number(hours) * hour + Number(minutes) * minute)
}
