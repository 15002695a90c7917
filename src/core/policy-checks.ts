/** The checks of the options that policies and trackers share, without the call engine. */
import type { Clock } from './clock.ts'
import { type Check, functionOf, isRecord, optional, text } from './options.ts'
import type { Random } from './random.ts'

const clockCheck: Check<Clock> = (value, fail) =>
  isRecord(value) && ['now', 'wall', 'schedule', 'cancel'].every((method) => typeof value[method] === 'function')
    ? (value as unknown as Clock)
    : fail('a clock')

/** The checks of `PolicyOptions`, to be spread into the checks of a factory. */
export const policyChecks = {
  name: optional(text, undefined),
  clock: optional(clockCheck, undefined),
  random: optional(functionOf<Random>(), undefined),
}
