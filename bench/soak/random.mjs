/** The same numbers in every run (xorshift32), so that a soak can be repeated. */
export function seeded(seed) {
  let x = seed
  return () => {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    return (x >>> 0) / 2 ** 32
  }
}
