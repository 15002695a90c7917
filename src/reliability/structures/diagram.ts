/**
 * A binary decision diagram: the structure as questions about one component after the other, with equal parts shared
 * (R. Bryant, 1986).
 *
 * It is Shannon's expansion without repeated cases, and exact however often a component appears in the structure.
 * Probabilities are computed bottom-up as sums of positive products. A structure may be too entangled: after a limit of
 * steps the diagram gives up, and its results are invalid.
 */
import { always, type MinimalSets, type SetFamily, single } from './minimal-sets.ts'
import type { UpDown } from './node.ts'
import { whole } from './threshold.ts'

/** Index of a node: 0 and 1 are the answers `down` and `up`, the others are questions. */
export type DiagramNode = number
export const down: DiagramNode = 0
export const up: DiagramNode = 1

/** More than the number of nodes: 2^17, so that three of them fit in a key of 51 bits. */
const limit = 131_072

export class Diagram {
  readonly #most: number
  readonly #asked: number[] = [limit, limit]
  readonly #yes: DiagramNode[] = [down, up]
  readonly #no: DiagramNode[] = [down, up]
  readonly #places = new Map<number, DiagramNode>()
  readonly #cases = new Map<number, DiagramNode>()
  #steps = 0

  /** After `most` steps, below 2^17, it gives up. */
  constructor(most: number) {
    this.#most = most
  }

  get entangled(): boolean {
    return this.#steps > this.#most
  }

  /** The node that asks whether the variable of that number is up. */
  variable(number: number): DiagramNode {
    return this.#place(number, up, down)
  }

  /** The node for: at least `needed` of the parts are up. */
  threshold(needed: number, parts: readonly DiagramNode[]): DiagramNode {
    // From the last part to the first: the node for each number that the remaining parts still need.
    let rest: DiagramNode[] = [up, ...new Array<DiagramNode>(needed).fill(down)]
    for (const part of parts.toReversed()) {
      rest = rest.map((place, count) => (count === 0 ? up : this.#either(part, rest[count - 1] as DiagramNode, place)))
    }
    return rest[needed] as DiagramNode
  }

  /** The probabilities of the answers `up` and `down` from a node. */
  upDown(place: DiagramNode, variables: readonly UpDown[]): UpDown {
    const found: UpDown[] = [
      [0, 1],
      [1, 0],
    ]
    // A node comes after the nodes it leads to.
    for (let at = 2; at <= place; at++) {
      const [yes, no] = variables[this.#asked[at] as number] as UpDown
      const [ifYes, ifNo] = [
        found[this.#yes[at] as DiagramNode] as UpDown,
        found[this.#no[at] as DiagramNode] as UpDown,
      ]
      found.push([yes * ifYes[0] + no * ifNo[0], yes * ifYes[1] + no * ifNo[1]])
    }
    return whole(...(found[place] as UpDown))
  }

  /**
   * The minimal sets of variables that lead to `down` (cut) or to `up` (path). A set of the better answer does not need
   * the variable; a set of the worse answer needs it, unless it contains one of the better answer (A. Rauzy, 1993).
   */
  sets(root: DiagramNode, work: MinimalSets): SetFamily {
    const cut = work.mode === 'cut'
    const found = new Map<DiagramNode, SetFamily>([
      [down, cut ? always : []],
      [up, cut ? [] : always],
    ])
    const of = (place: DiagramNode): SetFamily => {
      const known = found.get(place)
      if (known !== undefined) return known
      const [yes, no] = [of(this.#yes[place] as DiagramNode), of(this.#no[place] as DiagramNode)]
      const own = single(this.#asked[place] as number)
      const family = cut ? work.either(yes, own, no) : work.either(no, own, yes)
      found.set(place, family)
      return family
    }
    return of(root)
  }

  /** The node for: `then` if `test` is up, `otherwise` if not. */
  #either(test: DiagramNode, then: DiagramNode, otherwise: DiagramNode): DiagramNode {
    if (test === up || then === otherwise || this.entangled) return then
    if (test === down) return otherwise
    const key = (test * limit + then) * limit + otherwise
    const known = this.#cases.get(key)
    if (known !== undefined) return known
    const number = Math.min(...[test, then, otherwise].map((place) => this.#asked[place] as number))
    const [yes, no] = [this.#yes, this.#no].map((answers) => {
      const after = (place: DiagramNode): DiagramNode =>
        this.#asked[place] === number ? (answers[place] as DiagramNode) : place
      return this.#either(after(test), after(then), after(otherwise))
    }) as [DiagramNode, DiagramNode]
    const place = this.#place(number, yes, no)
    this.#cases.set(key, place)
    return place
  }

  #place(number: number, yes: DiagramNode, no: DiagramNode): DiagramNode {
    if (++this.#steps > this.#most || yes === no) return yes
    const key = (number * limit + yes) * limit + no
    const known = this.#places.get(key)
    if (known !== undefined) return known
    const place = this.#asked.push(number) - 1
    this.#yes.push(yes)
    this.#no.push(no)
    this.#places.set(key, place)
    return place
  }
}
