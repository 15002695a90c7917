/** A source of numbers from 0 (included) to 1 (excluded). */
export type Random = () => number

/** The engine's own generator. The global is read at each call, so a test may replace it. */
export const systemRandom: Random = () => Math.random()

/** A source that is determined by its seed, an integer. The generator is mulberry32 (T. Ettinger, public domain). */
export function seededSource(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
