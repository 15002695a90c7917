/** bottleneck: a bulkhead with an unbounded queue, and a reservoir of permits. */
import Bottleneck from 'bottleneck'

export function limited(work, { limit }) {
  const slots = new Bottleneck({ maxConcurrent: limit })
  return () => slots.schedule(work)
}

export function paced(work) {
  const reservoir = new Bottleneck({ reservoir: 1e9 })
  return () => reservoir.schedule(work)
}
