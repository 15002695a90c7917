/** Values that options of each type refuse. */

export type Values = readonly unknown[]

export const nonsense: Values = [
  null,
  true,
  Symbol('s'),
  1n,
  [],
  [1],
  {},
  () => 1,
  Number.NaN,
  Number.NEGATIVE_INFINITY,
]
export const infinite = Number.POSITIVE_INFINITY
export const isFunction = (value: unknown): boolean => typeof value === 'function'
export const without = (values: Values, ...fine: ((value: unknown) => boolean)[]): Values =>
  values.filter((value) => !fine.some((test) => test(value)))

const notDurations: Values = ['', ' ', '2', '2 s', '-2s', '1e3ms', '2S', 's', 'Infinity', '1d2h', '2.s', '.5s']

export const counts = (least: number): Values => [...nonsense, least - 1, least + 0.5, String(least), 2 ** 53]
export const durations = (...more: Values): Values => [...nonsense, ...notDurations, -1, -0.5, ...more]
export const ratios: Values = [...nonsense, -0.01, 1.01, '0.5', infinite]
export const functions: Values = [...without(nonsense, isFunction), 1, 'when']
export const backoffs: Values = [...without(durations(infinite), isFunction), { delay: () => 1 }]
export const budgets: Values = [
  ...without(nonsense, (value) => value === true),
  1,
  'ratio',
  { deposit: () => 1 },
  { deposit: 1, tryWithdraw: 1 },
]
export const rejections: Values = [...nonsense, 'asked', '']

/** The options of every policy. */
export const common = {
  name: [...nonsense, '', 1],
  clock: [...nonsense, 1, 'clock', { now: () => 0 }, { now: 1, wall: 1, schedule: 1, cancel: 1 }],
  random: functions,
}
