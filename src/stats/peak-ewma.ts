/**
 * A mean over time that rises at once and falls slowly (Finagle's peak EWMA).
 *
 * A sample above the mean replaces it; a lower one gives `mean = mean * w + sample * (1 - w)` with `w = exp(-elapsed / decay)`.
 * When read later, the mean has decayed by the same rule, as if the samples since were 0. A clock that steps back causes no
 * decay.
 */

/** The mean after a sample, `elapsed` after the one before. */
export function peakAfter(mean: number, sample: number, elapsed: number, decay: number): number {
  if (sample > mean) return sample
  const weight = Math.exp(-Math.max(0, elapsed) / decay)
  return mean * weight + sample * (1 - weight)
}

/** The mean as read, `elapsed` after the last sample. */
export function peakAt(mean: number, elapsed: number, decay: number): number {
  return mean === 0 || elapsed <= 0 ? mean : mean * Math.exp(-elapsed / decay)
}
