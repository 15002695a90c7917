/**
 * The epoch in which a call was admitted.
 *
 * A layer that changes which calls it admits starts an epoch. A call remembers the latest epoch when it begins, so a layer sees
 * whether it has changed since, and a late result counts only in the state that admitted its call.
 */
let latest = 0

export function latestEpoch(): number {
  return latest
}

export function startEpoch(): number {
  return ++latest
}
