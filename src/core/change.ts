/** When layers changed whom they let in. See `Scope.born`. */

/** How often any layer of any chain has. */
let changes = 0

export function latestChange(): number {
  return changes
}

/** Counts one more change, and gives its number. */
export function nextChange(): number {
  return ++changes
}
