/**
 * How much is tried at random: all of it in CI (`CI` is set), a part of it elsewhere, so that `npm test` stays quick.
 *
 * A random case that fails prints the command that runs it again, on any machine: the same seed, with as many runs.
 */
import fc from 'fast-check'

const whole = process.env.CI !== undefined && process.env.CI !== ''
const seed = process.env.HOLDFAST_SEED

if (seed !== undefined) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) })

fc.installGlobalPlugin(() => ({
  onAllRunsComplete: (details) => {
    if (details.failed) console.error(rerunOf(details.seed))
  },
}))

/** The command that runs the cases of a seed again. */
export function rerunOf(seed: number): string {
  return `To run these cases again: ${whole ? 'CI=1 ' : ''}HOLDFAST_SEED=${seed} npx vitest run <this file>`
}

/** This number of runs in CI; elsewhere a share of it. */
export function runs(number: number, share = 0.2): number {
  return whole ? number : Math.ceil(number * share)
}

/** The whole list in CI; elsewhere every third of it. */
export function some<Item>(list: readonly Item[]): readonly Item[] {
  return whole ? list : list.filter((_, index) => index % 3 === 0)
}
