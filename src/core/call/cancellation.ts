/**
 * That a try was given up, and the signal that says so.
 *
 * The controller is made when the signal is first read: most operations never read it. Invariant: the reason is there
 * before anybody is told, so what is told may look at the call and find it over.
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

  /** Remembers why, before anybody is told. */
  decide(reason: unknown): void {
    this.#reason = { value: reason }
  }

  announce(reason: unknown): void {
    this.#controller?.abort(reason)
  }
}

pinShape(new Cancellation())
