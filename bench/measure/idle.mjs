/** Bytes an idle instance holds. */
import { held } from './held.mjs'

export async function idle({ build, count, counts = {} }, who) {
  const found = {}
  for (const name of ['holdfast', ...who]) {
    const peer = await import(`../peers/${name}.mjs`)
    const instances = async (some) => ({ all: peer[build](some) })
    found[name] = { bytes: await held(instances, counts[name] ?? count) }
  }
  return found
}
