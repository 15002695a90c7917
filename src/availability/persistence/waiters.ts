/** Those who wait until records up to some number are where they should be. */
interface Waiter {
  readonly mark: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export class Waiters {
  #waiting: Waiter[] = []

  get empty(): boolean {
    return this.#waiting.length === 0
  }

  wait(mark: number): Promise<void> {
    return new Promise((resolve, reject) => this.#waiting.push({ mark, resolve, reject }))
  }

  /** Those whose number passes need wait no longer. */
  settle(passes: (mark: number) => boolean): void {
    const waiting = this.#waiting
    this.#waiting = waiting.filter(({ mark }) => !passes(mark))
    for (const { mark, resolve } of waiting) if (passes(mark)) resolve()
  }

  reject(error: unknown): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const { reject } of waiting) reject(error)
  }
}
