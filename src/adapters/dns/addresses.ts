/**
 * The addresses of a name, of one family or of both.
 *
 * The families are asked side by side. That one has no addresses while the other has some is normal; that one fails while
 * the other answers keeps what was known of the failed one, so that a bad moment of AAAA does not take half of the members.
 *
 * Invariant: `#known` has the addresses of the last answer of each name and family that was one.
 */
import { absence, isAbsence } from './absence.ts'
import type { AddressRecord, DnsResolver } from './resolver.ts'

export type Family = 4 | 6 | 'both'

export interface Addresses {
  readonly addresses: readonly string[]
  /** How long they hold, in ms. */
  readonly ttl: number
  /** What failed beside them. */
  readonly faults: readonly unknown[]
}

type Looked = { readonly records: readonly AddressRecord[] } | { readonly error: unknown }

export class AddressBook {
  readonly #resolver: DnsResolver
  readonly #families: readonly (4 | 6)[]
  readonly #known = new Map<string, readonly AddressRecord[]>()

  constructor(resolver: DnsResolver, family: Family) {
    this.#resolver = resolver
    this.#families = family === 'both' ? [4, 6] : [family]
  }

  /** @throws What the resolver threw, where no family has an answer; an `absence` where none has addresses. */
  async look(host: string): Promise<Addresses> {
    const looked = await Promise.all(this.#families.map((family) => this.#ask(host, family)))
    const errors = looked.filter((each) => 'error' in each).map(({ error }) => error)
    const failed = errors.filter((error) => !isAbsence(error))
    const found = looked.flatMap((each) => ('records' in each ? each.records : []))
    if (found.length === 0) throw failed.length > 0 ? failed[0] : absence(codeOf(errors), host)
    const records = looked.flatMap((each, i) => this.#noted(`${this.#families[i]} ${host}`, each))
    return {
      addresses: [...new Set(records.map(({ address }) => address))],
      ttl: 1000 * Math.min(...found.map(({ ttl }) => ttl)),
      faults: failed,
    }
  }

  /** What was last known of a name. */
  remembered(host: string): readonly string[] {
    return this.#families.flatMap((family) => this.#known.get(`${family} ${host}`) ?? []).map(({ address }) => address)
  }

  /** Forgets all other names. */
  keep(hosts: readonly string[]): void {
    for (const key of this.#known.keys()) if (!hosts.includes(key.slice(2))) this.#known.delete(key)
  }

  async #ask(host: string, family: 4 | 6): Promise<Looked> {
    try {
      const records = await this.#resolver[`resolve${family}`](host, { ttl: true })
      return records.length > 0 ? { records } : { error: absence('ENODATA', host) }
    } catch (error) {
      return { error }
    }
  }

  /** The records that count for one family, after what was seen of it. */
  #noted(key: string, looked: Looked): readonly AddressRecord[] {
    if ('records' in looked) this.#known.set(key, looked.records)
    else if (isAbsence(looked.error)) this.#known.delete(key)
    return this.#known.get(key) ?? []
  }
}

/** A name is unknown where all say so; where one knows it, it only has no addresses. */
function codeOf(errors: readonly unknown[]): 'ENOTFOUND' | 'ENODATA' {
  return errors.every((error) => (error as { code?: unknown }).code === 'ENOTFOUND') ? 'ENOTFOUND' : 'ENODATA'
}
