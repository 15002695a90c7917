/**
 * Whether a try was given up, why, and the signal that reports it.
 *
 * The controller is made when the signal is first read: most operations never read it. Invariant: the reason is set before the
 * signal aborts, so a listener of the signal finds the call over.
 */
import { pinShape } from '../pin-shape.ts'

export class Cancellation {
  #controller: AbortController | undefined = undefined
  #reason: { readonly value: unknown } | undefined = undefined

  get reason(): { readonly value: unknown } | undefined {
    return this.#reason
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#reason !== undefined) this.#controller.abort(this.#reason.value)
    }
    return this.#controller.signal
  }

  /** Sets the reason; the signal does not abort yet. */
  decide(reason: unknown): void {
    this.#reason = { value: reason }
  }

  /** Aborts the signal, if it was read. */
  announce(reason: unknown): void {
    this.#controller?.abort(reason)
  }
}

pinShape(new Cancellation())
