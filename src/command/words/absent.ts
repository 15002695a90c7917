/** Words that databases and people write for a missing value, such as SQL's `NULL`. They count as empty cells. */

const nothing = new Set(['null', '\\n', '(null)', '<null>', 'none', 'nil', 'nan', 'nat', 'n/a', 'na', '-', '–', '—'])
const longest = 6
/** MySQL's zero date. */
const zeroDate = /^0000-00-00(?:[ T]00:00:00(?:\.0+)?)?$/

export function isAbsent(text: string): boolean {
  // Most of the cells are times.
  const first = text.charCodeAt(0)
  if (first >= 48 && first <= 57) return text.startsWith('0000') && zeroDate.test(text)
  return text === '' || (text.length <= longest && nothing.has(text.toLowerCase()))
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

/** Whether the text of an end means that there is none yet. */
export function isOngoing(text: string): boolean {
  return isAbsent(text) || goingOn.has(text.toLowerCase())
}
