/** The separator of the cells of a file: given, or detected in the first line. */
import { UsageError } from '../errors.ts'

const known: readonly (readonly [separator: string, name: string])[] = [
  [',', 'commas'],
  [';', 'semicolons'],
  ['\t', 'tabs'],
  ['|', 'bars'],
]

/** Parses one character, or `tab`. @throws UsageError for anything else. */
export function parseSeparator(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  if (text === 'tab' || text === '\\t') return '\t'
  if (text.length === 1 && text !== '"' && text !== '\n') return text
  throw new UsageError(`--separator must be one letter, or tab, got ${JSON.stringify(text)}`)
}

/** The most frequent one in the first line outside quotes; a comma if there is none. */
export function separatorIn(line: string): string {
  const bare = line.replace(/"(?:[^"]|"")*"/g, '')
  const counts = known.map(([separator]) => bare.split(separator).length)
  return (known[counts.indexOf(Math.max(...counts))] as (typeof known)[number])[0]
}

export function separatorName(separator: string): string {
  return known.find(([one]) => one === separator)?.[1] ?? JSON.stringify(separator)
}
