/** Shows on a terminal how much of a long log has been read, after the first second. */
import { realClock } from '../../core/clock.ts'

const patience = 1000
const between = 250

export interface ProgressOutput {
  write(text: string): unknown
  readonly isTTY?: boolean
}

export class Progress {
  readonly #screen: ProgressOutput
  readonly #now: () => number
  #next: number
  #bytes = 0
  #shown = false

  constructor(screen: ProgressOutput, now: () => number = () => realClock.now()) {
    this.#screen = screen
    this.#now = now
    this.#next = now() + patience
  }

  async *watch(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      this.#bytes += chunk.length
      this.#show()
      yield chunk
    }
  }

  /** Removes the line. */
  done(): void {
    if (this.#shown) this.#screen.write('\r\u001B[K')
    this.#shown = false
  }

  #show(): void {
    if (this.#screen.isTTY !== true) return
    const now = this.#now()
    if (now < this.#next) return
    this.#next = now + between
    this.#shown = true
    this.#screen.write(`\rholdfast: ${(this.#bytes / 1e6).toFixed(1)} MB read`)
  }
}
