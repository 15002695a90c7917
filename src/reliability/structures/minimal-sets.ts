/**
 * Families of component sets, none of which contains another.
 *
 * They are what cut sets and path sets are put together from. Sets that contain another are dropped at once; the number
 * of those that are left may still grow beyond all use, so the work has a limit.
 */

/** A set of components, a bit for each place. */
export interface PlaceSet {
  readonly bits: bigint
  readonly size: number
}

export type SetFamily = readonly PlaceSet[]

/** Sets that take a structure down, or that keep it up. */
export type SetKind = 'cut' | 'path'

/** In comparisons, of which a second has some ten million. To join two sets costs as much as a few. */
const mostWork = 5_000_000
const joining = 10

/** What follows from nothing at all. */
export const always: SetFamily = [{ bits: 0n, size: 0 }]

export function single(place: number): SetFamily {
  return [{ bits: 1n << BigInt(place), size: 1 }]
}

export class MinimalSets {
  readonly mode: SetKind
  readonly #kind: string
  readonly #largest: number
  #work = 0

  /** `kind` is who asks; sets of more than `largest` are left out. */
  constructor(kind: string, mode: SetKind, largest: number) {
    this.#kind = kind
    this.mode = mode
    this.#largest = largest
  }

  /** At least `wanted` of the families have a set of theirs in it. */
  some(wanted: number, families: readonly SetFamily[]): SetFamily {
    const ways: SetFamily[] = [always, ...new Array<SetFamily>(wanted).fill([])]
    for (const [index, family] of families.entries()) {
      // Ways that cannot become `wanted` any more are not looked at.
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

  /** One of `plain`, or `own` with one of `others`; a set that contains one of `plain` is dropped. */
  either(plain: SetFamily, own: SetFamily, others: SetFamily): SetFamily {
    this.#spend(plain.length * others.length)
    const needed = others.filter(({ bits }) => !plain.some((less) => (less.bits & bits) === less.bits))
    return [...plain, ...this.#joined(own, needed)]
  }

  /** Each of the sets with one set of the family in the place of each of its components. */
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
      // Sets of one size contain each other only if they are the same.
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
