/** Promises that wait until a version is reached. */

interface VersionWaiter {
  readonly version: number
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

export class VersionWaiters {
  #waiters: VersionWaiter[] = []
  #reached = -1
  #end: { readonly error: unknown } | undefined = undefined

  /** Resolves when `version` or a later one is reached. Rejects at the end, and when the signal aborts. */
  until(version: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) reject(signal.reason)
      else if (version <= this.#reached) resolve()
      else if (this.#end !== undefined) reject(this.#end.error)
      else this.#add(version, resolve, reject, signal)
    })
  }

  reached(version: number): void {
    this.#reached = version
    const done = this.#waiters.filter((waiter) => waiter.version <= version)
    this.#waiters = this.#waiters.filter((waiter) => waiter.version > version)
    for (const { resolve } of done) resolve()
  }

  end(error: unknown): void {
    this.#end ??= { error }
    const waiters = this.#waiters
    this.#waiters = []
    for (const { reject } of waiters) reject(error)
  }

  #add(version: number, resolve: () => void, reject: (reason: unknown) => void, signal: AbortSignal | undefined): void {
    const abort = (): void => {
      this.#waiters = this.#waiters.filter((other) => other !== waiter)
      reject(signal?.reason)
    }
    const free = (): void => signal?.removeEventListener('abort', abort)
    const waiter: VersionWaiter = {
      version,
      resolve: () => {
        free()
        resolve()
      },
      reject: (reason) => {
        free()
        reject(reason)
      },
    }
    signal?.addEventListener('abort', abort, { once: true })
    this.#waiters.push(waiter)
  }
}
