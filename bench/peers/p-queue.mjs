/** p-queue: a bulkhead with an unbounded queue. */
import PQueue from 'p-queue'

export function limited(work, { limit }) {
  const queue = new PQueue({ concurrency: limit })
  return () => queue.add(work)
}
