/** A source of numbers from 0 (included) to 1 (excluded). */
export type Random = () => number

/** The engine's own generator. The global is read at each call, so a test may replace it. */
export const systemRandom: Random = () => Math.random()
