/**
 * How much is tried at random: all of it where everything is checked (`CI` is set), a part of it at a developer's desk,
 * so that `npm test` stays quick.
 */
const whole = process.env.CI !== undefined && process.env.CI !== ''

/** So many runs in CI; elsewhere a share of them. */
export function runs(number: number, share = 0.2): number {
  return whole ? number : Math.ceil(number * share)
}

/** The whole list in CI; elsewhere every third of it. */
export function some<Item>(list: readonly Item[]): readonly Item[] {
  return whole ? list : list.filter((_, index) => index % 3 === 0)
}
