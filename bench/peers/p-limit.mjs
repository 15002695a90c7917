/** p-limit: a bulkhead with an unbounded queue. */
import pLimit from 'p-limit'

export function limited(work, { limit }) {
  const slots = pLimit(limit)
  return () => slots(work)
}
