/** undici's pools, asked for a dispatcher as a request would: an upstream each, or a connection each. No request is sent. */
import { BalancedPool, RoundRobinPool } from 'undici'

/** The method has a symbol for a name, so that only a pool's own code calls it. */
function getDispatcher(pool) {
  for (let of = pool; of !== null; of = Object.getPrototypeOf(of)) {
    const symbol = Object.getOwnPropertySymbols(of).find(({ description }) => description === 'get dispatcher')
    if (symbol !== undefined) return () => pool[symbol]()
  }
  throw new Error('undici has changed: no "get dispatcher"')
}

export const balanced = (size) =>
  getDispatcher(new BalancedPool(Array.from({ length: size }, (_, i) => `http://host-${i}.invalid`)))

export function roundRobin(size) {
  const pool = new RoundRobinPool('http://host.invalid', { connections: size })
  const pick = getDispatcher(pool)
  // It makes its connections as they are asked for.
  for (let i = 0; i < size; i++) pick()
  return pick
}
