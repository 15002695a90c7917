/**
 * Families of component sets, none of which contains another.
 *
 * Cut sets and path sets are built from them. A set that contains another is dropped at once. The number of sets can
 * still grow exponentially, so the work is limited.
 */

/** A set of components, one bit for each index in the inventory. */
export interface PlaceSet {
  readonly bits: bigint
  readonly size: number
}

export type SetFamily = readonly PlaceSet[]

/** Whether the sets take a structure down, or keep it up. */
export type SetKind = 'cut' | 'path'

/** In comparisons, about ten million a second. Joining two sets costs as much as ten. */
const mostWork = 5_000_000
const joining = 10

/** The family of the empty set. */
export const always: SetFamily = [{ bits: 0n, size: 0 }]

export function single(place: number): SetFamily {
  return [{ bits: 1n << BigInt(place), size: 1 }]
}

export class MinimalSets {
  readonly mode: SetKind
  readonly #kind: string
  readonly #largest: number
  #work = 0

  /** `kind` is the caller, for errors. Sets of more than `largest` components are left out. */
  constructor(kind: string, mode: SetKind, largest: number) {
    this.#kind = kind
    this.mode = mode
    this.#largest = largest
  }

  /** The minimal sets that contain a set of at least `wanted` of the families. */
  some(wanted: number, families: readonly SetFamily[]): SetFamily {
    const ways: SetFamily[] = [always, ...new Array<SetFamily>(wanted).fill([])]
    for (const [index, family] of families.entries()) {
      // Skip counts that can no longer reach `wanted`.
      const least = Math.max(1, wanted - (families.length - index - 1))
      for (let count = Math.min(wanted, index + 1); count >= least; count--) {
        ways[count] = this.#minimal([
          ...(ways[count] as SetFamily),
          ...this.#joined(ways[count - 1] as SetFamily, family),
        ])
      }
    }
    return ways[wanted] as SetFamily
  }

  /** The sets of `plain`, and `own` joined with each of `others`; a set that contains one of `plain` is dropped. */
  either(plain: SetFamily, own: SetFamily, others: SetFamily): SetFamily {
    this.#spend(plain.length * others.length)
    const needed = others.filter(({ bits }) => !plain.some((less) => (less.bits & bits) === less.bits))
    return [...plain, ...this.#joined(own, needed)]
  }

  /** Replaces each component of the sets by each set of its family. */
  filled(sets: SetFamily, families: readonly SetFamily[]): SetFamily {
    return sets.flatMap((set) =>
      placesOf(set).reduce<SetFamily>((found, place) => [...this.#joined(found, families[place] as SetFamily)], always),
    )
  }

  *#joined(some: SetFamily, others: SetFamily): Generator<PlaceSet> {
    for (const one of some) {
      for (const other of others) {
        this.#spend(joining)
        const bits = one.bits | other.bits
        const size = one.bits & other.bits ? placesOf({ bits, size: 0 }).length : one.size + other.size
        if (size <= this.#largest) yield { bits, size }
      }
    }
  }

  #minimal(sets: PlaceSet[]): SetFamily {
    const kept: PlaceSet[] = []
    const seen = new Set<bigint>()
    let smaller: SetFamily = []
    for (const set of sets.sort((one, other) => one.size - other.size)) {
      // Of two sets of one size, one contains the other only if they are equal.
      if (set.size !== kept.at(-1)?.size) smaller = [...kept]
      if (seen.has(set.bits)) continue
      seen.add(set.bits)
      this.#spend(smaller.length)
      if (!smaller.some(({ bits }) => (bits & set.bits) === bits)) kept.push(set)
    }
    return kept
  }

  #spend(work: number): void {
    this.#work += work
    if (this.#work > mostWork) {
      throw new RangeError(`${this.#kind}: there are too many ${this.mode} sets; the small ones can be had, by largest`)
    }
  }
}

/** The components of a set, in order. */
export function placesOf({ bits }: PlaceSet): readonly number[] {
  const places: number[] = []
  for (let left = bits, place = 0; left !== 0n; left >>= 1n, place++) if (left & 1n) places.push(place)
  return places
}
