/** What databases and people write where there is nothing: SQL's `NULL` and its like. All of it is an empty cell. */

const nothing = new Set(['null', '\\n', '(null)', '<null>', 'none', 'nil', 'nan', 'nat', 'n/a', 'na', '-', '–', '—'])
/** MySQL's date that is none. */
const zeroDate = /^0000-00-00(?:[ T]00:00:00(?:\.0+)?)?$/

export function isAbsent(text: string): boolean {
  if (text.length > 26) return false
  return text === '' || nothing.has(text.toLowerCase()) || zeroDate.test(text)
}

const goingOn = new Set([
  'ongoing',
  'on going',
  'still open',
  'open',
  'now',
  'active',
  'in progress',
  'present',
  'unresolved',
])

/** Where an end stands: there is none yet. */
export function isOngoing(text: string): boolean {
  return isAbsent(text) || goingOn.has(text.toLowerCase())
}
