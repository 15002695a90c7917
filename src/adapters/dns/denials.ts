/**
 * Decides when a name that a server denies counts as nonexistent.
 *
 * A server that is being set up, or has lost its zone, denies names that exist. So a denial is a failure like any other, soon
 * followed by the next query, until `confirmations` denials have come in a row. From then on it is an empty answer, and
 * queries follow at the usual interval. Other failures in between neither confirm nor reset the count.
 */
import type { Polled } from '../../failover/sources/polled.ts'

/** Whether the server denies that the name exists or has addresses. */
export function isDenial(error: unknown): boolean {
  const { code } = (error ?? {}) as { readonly code?: unknown }
  return code === 'ENOTFOUND' || code === 'ENODATA'
}

/** The error for a name without addresses. */
export function denial(code: 'ENOTFOUND' | 'ENODATA', host: string): Error {
  return Object.assign(new Error(`${host} has no addresses (${code})`), { code })
}

export class DenialCount {
  readonly #confirmations: number
  #denials = 0

  constructor(confirmations: number) {
    this.#confirmations = confirmations
  }

  /** Returns the result of `ask`, or no members and the error once the denials are confirmed. */
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
