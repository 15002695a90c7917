/** p-queue: a bulkhead with an unbounded queue; its limit is fixed, also where others find theirs. */
import PQueue from 'p-queue'

export function limited(work, { limit }) {
  const queue = new PQueue({ concurrency: limit })
  return () => queue.add(work)
}

export const adaptive = limited
