/** bottleneck: a bulkhead with an unbounded queue. */
import Bottleneck from 'bottleneck'

export function limited(work, { limit }) {
  const slots = new Bottleneck({ maxConcurrent: limit })
  return () => slots.schedule(work)
}
