/** How many names one question can hold. Pure. */

const most = 50
/** In characters, as they are in a URL: servers take some 16 kB of head. One name alone may be longer. */
const longest = 8000

/** The first of them that the process takes in one question. */
export function fitting(names: readonly string[]): readonly string[] {
  let length = 0
  const first = names.findIndex((name, index) => {
    length += new URLSearchParams({ name }).toString().length
    return index === most || (index > 0 && length > longest)
  })
  return first < 0 ? names : names.slice(0, first)
}
