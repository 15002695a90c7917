/** The reason with which the signals of attempts that have lost abort. */

/** Another attempt of the same call was faster. Named `AbortError`, so that code which looks for an abort finds one. */
export class HedgeLost extends Error {
  /** The name of the hedge. */
  readonly policy: string

  constructor(policy: string) {
    super(`${policy}: another attempt was faster`)
    this.policy = policy
  }
}

Object.defineProperty(HedgeLost.prototype, 'name', { value: 'AbortError', configurable: true, writable: true })
