/**
 * What is said of a name that is not known: the name of another library's it may be, or the known one it is near to.
 *
 * A suggestion is made only where it is likely: a far one misleads more than none.
 */
import { foreignName } from './foreign-names.ts'

/** Completes `<kind>: "<name>" is not an option…`. */
export function unknownOption(kind: string, name: string, value: unknown, known: readonly string[]): string {
  const hint = foreignName(name, value, known)
  const said = `${kind}: ${JSON.stringify(name)} is not an option`
  if (hint !== undefined) return `${said}: ${hint}`
  const near = nearest(name, known)
  return near === undefined ? `${said}; it takes ${known.join(', ')}` : `${said}, did you mean ${near}?`
}

/** The known name a slip of the hand away, if there is one. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let near: string | undefined
  let least = Number.POSITIVE_INFINITY
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    const longer = Math.max(name.length, candidate.length)
    const bound = longer < 4 ? 1 : Math.max(2, Math.floor(longer * 0.4))
    if (distance <= bound && distance < least) [near, least] = [candidate, distance]
  }
  return near
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
