/** Reads Markdown tables, so that tests can hold the code to what a page says. */
import { readFileSync } from 'node:fs'

export interface Table {
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

const root = new URL('../../', import.meta.url)

export function page(path: string): string {
  return readFileSync(new URL(path, root), 'utf8')
}

/** The text between a heading of level two and the next one. */
export function section(markdown: string, heading: string): string {
  const start = `\n${markdown}`.indexOf(`\n## ${heading}\n`)
  if (start === -1) throw new Error(`no section "${heading}"`)
  const [, ...rest] = markdown.slice(start).split('\n')
  const end = rest.findIndex((line) => line.startsWith('## '))
  return rest.slice(0, end === -1 ? rest.length : end).join('\n')
}

/** The first table of a text. */
export function tableOf(text: string): Table {
  const lines = text.split('\n')
  const first = lines.findIndex((line) => line.startsWith('|'))
  if (first === -1) throw new Error('no table')
  const after = lines.slice(first).findIndex((line) => !line.startsWith('|'))
  const [header, , ...rows] = lines.slice(first, after === -1 ? lines.length : first + after).map(cells)
  return { header: header ?? [], rows }
}

/** What stands between backticks. */
export function codeSpans(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1] as string)
}

function cells(line: string): readonly string[] {
  return line
    .replace(/^\|/, '')
    .replace(/\|\s*$/, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'))
}
