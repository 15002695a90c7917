/** Splits names into requests of a size that the process accepts. Pure. */

const maxNames = 50
/** In characters of a URL: servers accept about 16 kB of headers. A single name may be longer. */
const maxLength = 8000

/** The names that fit into the first request. */
export function firstBatch(names: readonly string[]): readonly string[] {
  let length = 0
  const first = names.findIndex((name, index) => {
    length += new URLSearchParams({ name }).toString().length
    return index === maxNames || (index > 0 && length > maxLength)
  })
  return first < 0 ? names : names.slice(0, first)
}
