/** Random structures in which components stand in several places, and the plain way to work them out. */
import fc from 'fast-check'
import type { Block } from '../../../src/reliability/structures/block.ts'
import { component, kOfN, parallel, series } from '../../../src/reliability/structures/blocks.ts'

export type Tree = number | { readonly needed: number; readonly of: readonly Tree[] }

export interface Given {
  readonly tree: Tree
  /** Of each component, by its number. */
  readonly odds: readonly number[]
}

const most = 10

const { tree } = fc.letrec<{ tree: Tree; gate: Tree; leaf: Tree }>((tie) => ({
  tree: fc.oneof({ depthSize: 'small', withCrossShrink: true }, tie('leaf'), tie('gate')),
  leaf: fc.nat(most - 1),
  gate: fc
    .array(tie('tree'), { minLength: 1, maxLength: 4 })
    .chain((of) => fc.integer({ min: 1, max: of.length }).map((needed) => ({ needed, of }))),
}))

const ratio = fc.oneof(
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.double({ min: 0.9, max: 0.99999, noNaN: true }),
  fc.constantFrom(0, 1),
)

export const structures: fc.Arbitrary<Given> = fc.record({
  tree,
  odds: fc.array(ratio, { minLength: most, maxLength: most }),
})

/** Built of the functions users have. */
export function built({ tree, odds }: Given): Block<number> {
  if (typeof tree === 'number') return component(`c${tree}`, odds[tree] as number)
  const parts = tree.of.map((part) => built({ tree: part, odds }))
  if (tree.needed === parts.length) return series(...parts)
  return tree.needed === 1 ? parallel(...parts) : kOfN(tree.needed, parts)
}

/** The components that stand in a tree. */
export function used(tree: Tree): readonly number[] {
  const all = typeof tree === 'number' ? [tree] : tree.of.flatMap(used)
  return [...new Set(all)].sort((one, other) => one - other)
}

export function works(tree: Tree, up: (component: number) => boolean): boolean {
  return typeof tree === 'number' ? up(tree) : tree.of.filter((part) => works(part, up)).length >= tree.needed
}

/** Every state of the components: which are up. */
export function states(tree: Tree): readonly ReadonlySet<number>[] {
  const all = used(tree)
  return Array.from(
    { length: 2 ** all.length },
    (_, bits) => new Set(all.filter((_component, index) => (bits >> index) & 1)),
  )
}

/** Summed over all states. */
export function bruteForce({ tree, odds }: Given): readonly [up: number, down: number] {
  const sums: [number, number] = [0, 0]
  for (const state of states(tree)) {
    const chance = used(tree).reduce((product, one) => {
      const up = odds[one] as number
      return product * (state.has(one) ? up : 1 - up)
    }, 1)
    sums[works(tree, (one) => state.has(one)) ? 0 : 1] += chance
  }
  return sums
}
