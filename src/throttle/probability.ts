/**
 * How likely a call is refused, from what the dependency made of the latest ones.
 *
 * Client-side throttling of Google's SRE book, chapter 21, with a cap: a share of the calls always passes, so that the
 * throttle sees a dependency come back.
 */

/** `requests` counts all calls, `accepts` those the dependency did not refuse. */
export function rejectionProbability(requests: number, accepts: number, multiplier: number, floor: number): number {
  const probability = (requests - multiplier * accepts) / (requests + 1)
  return Math.min(1 - floor, Math.max(0, probability))
}
