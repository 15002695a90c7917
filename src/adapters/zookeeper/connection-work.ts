/**
 * Repeats work while there is a connection: one run at a time, again if something changed during a run, and again after a wait
 * if a run failed.
 *
 * Failures on an earlier connection are ignored: the end of that connection is reported elsewhere, and the next connection
 * starts the work again.
 */
import { exponential } from '../../core/backoff.ts'
import type { Clock } from '../../core/clock.ts'
import type { Random } from '../../core/random.ts'
import { Alarm } from '../../core/timer.ts'
import type { ZooKeeperClient } from './client.ts'

const backoff = exponential({ base: '1s', max: '30s', jitter: 'equal' })

export class ConnectionWork {
  readonly #clock: Clock
  readonly #random: Random
  readonly #todo: (client: ZooKeeperClient) => Promise<void>
  readonly #failed: (error: unknown) => void
  readonly #later = new Alarm(() => this.begin(), true)
  #client: ZooKeeperClient | undefined = undefined
  #running = false
  #again = false
  #failures = 0

  constructor(
    clock: Clock,
    random: Random,
    todo: (client: ZooKeeperClient) => Promise<void>,
    failed: (error: unknown) => void,
  ) {
    this.#clock = clock
    this.#random = random
    this.#todo = todo
    this.#failed = failed
  }

  /** Sets the current connection, or none. */
  use(client: ZooKeeperClient | undefined): void {
    this.#client = client
    if (client === undefined) this.#clock.cancel(this.#later)
    else this.begin()
  }

  /** Whether a connection is the current one. */
  uses(client: ZooKeeperClient): boolean {
    return this.#client === client
  }

  /** Requests a run. */
  begin(): void {
    this.#again = true
    if (!this.#running && this.#client !== undefined) void this.#run()
  }

  /** Requests a run after `wait` ms, unless one starts sooner. */
  beginIn(wait: number): void {
    this.#clock.cancel(this.#later)
    this.#clock.schedule(this.#later, wait)
  }

  async #run(): Promise<void> {
    this.#running = true
    for (let client = this.#client; this.#again && client !== undefined; client = this.#client) {
      this.#again = false
      this.#clock.cancel(this.#later)
      try {
        await this.#todo(client)
        this.#failures = 0
      } catch (error) {
        if (client === this.#client) this.#missed(error)
      }
    }
    this.#running = false
  }

  #missed(error: unknown): void {
    this.#failed(error)
    this.beginIn(backoff.delay({ attempt: ++this.#failures, previous: undefined, random: this.#random }))
  }
}
