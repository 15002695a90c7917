/** The least a pick can cost: a dense array of those that may be picked, and a counter. */
export function roundRobin(candidates) {
  let next = 0
  return () => {
    if (next >= candidates.length) next = 0
    return candidates[next++]
  }
}

export const random = (candidates) => () => candidates[(Math.random() * candidates.length) | 0]
