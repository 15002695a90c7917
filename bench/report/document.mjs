/** Puts a table into docs/performance.md, in the place of the one of the same major version of Node. */
import { readFileSync, writeFileSync } from 'node:fs'

const file = new URL('../../docs/performance.md', import.meta.url)

export function document(markdown) {
  const major = process.versions.node.split('.')[0]
  const begin = `<!-- node ${major} -->`
  const end = `<!-- end of node ${major} -->`
  const text = readFileSync(file, 'utf8')
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`docs/performance.md has no place for Node ${major}: ${begin} … ${end}`)
  writeFileSync(file, `${text.slice(0, from)}${begin}\n\n${markdown}\n${text.slice(to)}`)
}
