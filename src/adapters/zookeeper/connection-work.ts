/**
 * Work that is done over and over while there is a connection: one at a time, again where something changed meanwhile, and
 * again after a wait where it failed.
 *
 * What fails on a connection that is no longer the present one is passed over: its end is told elsewhere, and the next one
 * begins the work anew.
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

  /** The connection there is, if any. */
  use(client: ZooKeeperClient | undefined): void {
    this.#client = client
    if (client === undefined) this.#clock.cancel(this.#later)
    else this.begin()
  }

  /** Whether a connection is the present one. */
  uses(client: ZooKeeperClient): boolean {
    return this.#client === client
  }

  /** There is something to do. */
  begin(): void {
    this.#again = true
    if (!this.#running && this.#client !== undefined) void this.#run()
  }

  /** There is something to do after `wait` ms, if nothing begins it sooner. */
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
