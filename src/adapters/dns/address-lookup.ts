/**
 * Resolves the addresses of a name, of one family or both.
 *
 * Both families are queried concurrently. It is normal that one has no addresses while the other has some. If one fails while
 * the other answers, the last known addresses of the failed one are kept, so a failing AAAA query does not remove half of the
 * members.
 *
 * Invariant: `#known` has the addresses of the last successful answer of each name and family.
 */
import { denial, isDenial } from './denials.ts'
import type { AddressRecord, DnsResolver } from './resolver.ts'

export type AddressFamily = 4 | 6 | 'both'

export interface ResolvedAddresses {
  readonly addresses: readonly string[]
  /** How long they are valid, in ms. */
  readonly ttl: number
  /** Errors of queries that failed beside them. */
  readonly faults: readonly unknown[]
}

type FamilyAnswer = { readonly records: readonly AddressRecord[] } | { readonly error: unknown }

export class AddressLookup {
  readonly #resolver: DnsResolver
  readonly #families: readonly (4 | 6)[]
  readonly #known = new Map<string, readonly AddressRecord[]>()

  constructor(resolver: DnsResolver, family: AddressFamily) {
    this.#resolver = resolver
    this.#families = family === 'both' ? [4, 6] : [family]
  }

  /** @throws The error of the resolver if no family has an answer; a denial if none has addresses. */
  async resolve(host: string): Promise<ResolvedAddresses> {
    const answers = await Promise.all(this.#families.map((family) => this.#ask(host, family)))
    const errors = answers.filter((each) => 'error' in each).map(({ error }) => error)
    const failed = errors.filter((error) => !isDenial(error))
    const found = answers.flatMap((each) => ('records' in each ? each.records : []))
    if (found.length === 0) throw failed.length > 0 ? failed[0] : denial(codeOf(errors), host)
    const records = answers.flatMap((each, i) => this.#remember(`${this.#families[i]} ${host}`, each))
    return {
      addresses: [...new Set(records.map(({ address }) => address))],
      ttl: 1000 * Math.min(...found.map(({ ttl }) => ttl)),
      faults: failed,
    }
  }

  /** The last known addresses of a name. */
  lastKnown(host: string): readonly string[] {
    return this.#families.flatMap((family) => this.#known.get(`${family} ${host}`) ?? []).map(({ address }) => address)
  }

  /** Forgets all names but these. */
  forgetOthers(hosts: readonly string[]): void {
    for (const key of this.#known.keys()) if (!hosts.includes(key.slice(2))) this.#known.delete(key)
  }

  async #ask(host: string, family: 4 | 6): Promise<FamilyAnswer> {
    try {
      const records = await this.#resolver[`resolve${family}`](host, { ttl: true })
      return records.length > 0 ? { records } : { error: denial('ENODATA', host) }
    } catch (error) {
      return { error }
    }
  }

  /** Remembers the answer for one family, and returns the records that now count. */
  #remember(key: string, answer: FamilyAnswer): readonly AddressRecord[] {
    if ('records' in answer) this.#known.set(key, answer.records)
    else if (isDenial(answer.error)) this.#known.delete(key)
    return this.#known.get(key) ?? []
  }
}

/** The name does not exist if all families say so; otherwise it has no addresses. */
function codeOf(errors: readonly unknown[]): 'ENOTFOUND' | 'ENODATA' {
  return errors.every((error) => (error as { code?: unknown }).code === 'ENOTFOUND') ? 'ENOTFOUND' : 'ENODATA'
}
