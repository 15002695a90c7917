/**
 * The zero of an increasing function, by Newton's steps inside a bracket.
 *
 * The bracket starts unbounded and shrinks with each value. A step that leaves it, or is not a number because the
 * function has no digits left, becomes a bisection, or a fixed stride while one side is unbounded. The last step
 * is quadratic, so one shorter than 1e-9 is exact.
 */
const stride = 4
const short = 1e-9
const most = 300

/** `at` gives the value and the slope; a value that is not a number counts as too high. */
export function zeroOf(at: (u: number) => readonly [value: number, slope: number], guess: number): number {
  let low = Number.NEGATIVE_INFINITY
  let high = Number.POSITIVE_INFINITY
  let u = guess
  for (let step = 0; step < most; step++) {
    const [value, slope] = at(u)
    if (value < 0) low = u
    else high = u
    const newton = u - value / slope
    const next = newton >= low && newton <= high ? newton : between(low, high)
    if (Math.abs(next - u) < short) return next
    u = next
  }
  return u
}

/** At least one side is finite. */
function between(low: number, high: number): number {
  if (low === Number.NEGATIVE_INFINITY) return high - stride
  return high === Number.POSITIVE_INFINITY ? low + stride : (low + high) / 2
}
