/** Checks of the options that policies and trackers share. */
import type { Clock } from './clock.ts'
import { type Check, functionOf, isRecord, optional, text } from './options.ts'
import type { Random } from './random.ts'

const clockCheck: Check<Clock> = (value, fail) =>
  isRecord(value) && ['now', 'wall', 'schedule', 'cancel'].every((method) => typeof value[method] === 'function')
    ? (value as unknown as Clock)
    : fail('a clock')

/** To be spread into a factory's own. */
export const policyChecks = {
  name: optional(text, undefined),
  clock: optional(clockCheck, undefined),
  random: optional(functionOf<Random>(), undefined),
}
