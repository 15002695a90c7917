/** Puts a text between two markers of a page, and leaves all else as it is. */
import { readFileSync, writeFileSync } from 'node:fs'

const fileOf = (page) => new URL(`../../${page}`, import.meta.url)

/** The page as it is, and where the text goes. Throws where the markers are not there, in their order. */
export function placeIn(page, begin, end) {
  const text = readFileSync(fileOf(page), 'utf8')
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from < 0 || to < from) throw new Error(`${page} has no place for it: ${begin} … ${end}`)
  return { text, from, to }
}

/** `page` is relative to the root. */
export function between(page, begin, end, markdown) {
  const { text, from, to } = placeIn(page, begin, end)
  writeFileSync(fileOf(page), `${text.slice(0, from)}${begin}\n\n${markdown}\n${text.slice(to)}`)
}
