/**
 * A mean over time that rises at once and falls slowly (Finagle's peak EWMA).
 *
 * A sample above the mean replaces it; else `mean = mean * w + sample * (1 - w)` with `w = exp(-elapsed / decay)`. Read
 * later, the mean has faded by the same rule, as if samples of 0 had come. A clock that steps back fades nothing.
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
