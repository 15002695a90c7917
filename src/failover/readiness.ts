/** The promises of `pool.ready()`, which wait until the pool knows its members. */
export class Readiness {
  readonly #ready: () => boolean
  #waiting = new Set<() => void>()

  constructor(ready: () => boolean) {
    this.#ready = ready
  }

  wait(signal: AbortSignal | undefined): Promise<void> {
    if (this.#ready()) return Promise.resolve()
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason)
        return
      }
      const abort = (): void => {
        this.#waiting.delete(settle)
        reject(signal?.reason)
      }
      const settle = (): void => {
        signal?.removeEventListener('abort', abort)
        resolve()
      }
      signal?.addEventListener('abort', abort, { once: true })
      this.#waiting.add(settle)
    })
  }

  /** Settles them if the pool is ready by now. */
  check(): void {
    if (this.#waiting.size === 0 || !this.#ready()) return
    const waiting = this.#waiting
    this.#waiting = new Set()
    for (const settle of waiting) settle()
  }
}
