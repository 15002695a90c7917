/** Whether what was found reaches the target of a case, in words. */
import { ratio as shown } from './number.mjs'

export function judged({ target, by = [] }, found) {
  if (target === undefined) return []
  const { holdfast, without } = found
  const median = holdfast.ratio.median
  const checks = []
  const check = (words, ok) => checks.push(`${words}: ${ok ? 'reached' : '**missed**'}`)
  if (target.ratio !== undefined) check(`≤ ${target.ratio}`, median <= target.ratio)
  if (target.ofLimit !== undefined && found.limit !== undefined) {
    const times = median / found.limit.ratio.median
    check(`≤ ${target.ofLimit}× a random array read (${times.toFixed(1)}×)`, times <= target.ofLimit)
  }
  if (target.bytes !== undefined) check(`≤ ${target.bytes} B`, holdfast.bytes <= target.bytes)
  if (target.times !== undefined && without !== undefined) {
    const times = median / without.ratio.median
    check(`≤ ${target.times}× the same without (${times.toFixed(2)}×)`, times <= target.times)
  }
  for (const [peer, factor] of Object.entries(target.under ?? {})) {
    if (found[peer] === undefined) continue
    const under = found[peer].ratio.median / median
    check(`≥ ${factor}× under ${peer} (${shown(under)}×)`, under >= factor)
  }
  const peers = by.filter((name) => name !== 'limit' && found[name] !== undefined)
  if (target.halfOfBestPeer && peers.length > 0) {
    const best = Math.min(...peers.map((name) => found[name].bytes))
    check(`≤ half of the best peer's ${best.toLocaleString('en')} B`, holdfast.bytes <= best / 2)
  }
  return checks
}
