/** p-throttle: a rate limiter with an unbounded queue. */
import pThrottle from 'p-throttle'

export function paced(work) {
  return pThrottle({ limit: 1e9, interval: 1000 })(work)
}
