/**
 * When a name that does not exist counts as gone.
 *
 * A server that is being set up, or has lost its zone, denies names that are well. So a denial is a failure like any other,
 * soon followed by the next question, until as many have come in a row as are asked for; from then on it is an answer, the
 * empty one, and is asked for at the usual pace. Failures in between neither confirm nor refute.
 */
import type { Polled } from '../../failover/sources/polled.ts'

/** Nothing goes by this name. */
export function isDenial(error: unknown): boolean {
  const { code } = (error ?? {}) as { readonly code?: unknown }
  return code === 'ENOTFOUND' || code === 'ENODATA'
}

/** What a server says of a name that has no addresses. */
export function denial(code: 'ENOTFOUND' | 'ENODATA', host: string): Error {
  return Object.assign(new Error(`${host} has no addresses (${code})`), { code })
}

export class DenialCount {
  readonly #confirmations: number
  #denials = 0

  constructor(confirmations: number) {
    this.#confirmations = confirmations
  }

  /** Gives what `ask` gives; where the name is denied for good, no members and why. */
  async confirm<Target>(ask: () => Promise<Polled<Target>>): Promise<Polled<Target>> {
    try {
      const answer = await ask()
      this.#denials = 0
      return answer
    } catch (error) {
      if (!isDenial(error) || ++this.#denials < this.#confirmations) throw error
      return { members: [], faults: [error] }
    }
  }
}
