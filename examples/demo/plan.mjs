// When each replica is damaged, and how. The seed assigns the damage and shifts the times a little.
import { seededRandom } from 'holdfast/testing'

/** Start and length of each damage, as shares of the run. They never overlap: one replica is down at a time. */
const windows = [
  { kind: 'kill', start: 0.1, length: 0.2 },
  { kind: 'hang', start: 0.4, length: 0.18 },
  { kind: 'error', start: 0.68, length: 0.16 },
]

/** `[{ at, act: 'hurt' | 'heal', member, kind }]`, in order; `at` in ms from the start of the load. */
export function plan(members, seconds, seed) {
  const random = seededRandom(seed)
  const order = [...members]
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[order[i], order[j]] = [order[j], order[i]]
  }
  const total = seconds * 1000
  return windows.flatMap(({ kind, start, length }, i) => {
    const begin = total * (start + 0.03 * random())
    const member = order[i % order.length]
    return [
      { at: begin, act: 'hurt', member, kind },
      { at: begin + total * length, act: 'heal', member, kind },
    ]
  })
}
