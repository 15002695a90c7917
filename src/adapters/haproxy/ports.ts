/** TCP ports. */
import type { Check } from '../../core/options.ts'

const most = 65_535

/** A port from `least` on; 0 is any free port. */
export function portCheck(least: 0 | 1): Check<number> {
  return (value, fail) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? (value as number)
      : fail(`an integer from ${least} to ${most}`)
}
