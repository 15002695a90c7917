/** Events over a `Response`, for servers with a fetch handler. */
import { EventStream } from './event-stream.ts'

/** In bytes. Beyond it the stream reports back pressure. */
const highWaterMark = 65_536

export class WebEventStream extends EventStream {
  readonly response: Response
  readonly #encoder = new TextEncoder()
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined = undefined

  /** `onClose` is called when the reader cancels. */
  constructor(headers: Readonly<Record<string, string>>, onClose: () => void) {
    super()
    const start = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
      this.#controller = controller
    }
    const body = new ReadableStream({ start, cancel: onClose }, new ByteLengthQueuingStrategy({ highWaterMark }))
    this.response = new Response(body, { status: 200, headers: { ...headers } })
  }

  get waiting(): number {
    // Null only after an error, and then this stream is no longer used.
    return highWaterMark - (this.#stream.desiredSize as number)
  }

  protected write(text: string): number {
    const bytes = this.#encoder.encode(text)
    this.#stream.enqueue(bytes)
    return bytes.length
  }

  end(): void {
    this.#stream.close()
  }

  destroy(): void {
    this.#stream.error(new Error('holdfast: the reader is too slow'))
  }

  /** `ReadableStream` calls `start` in its constructor, so it is always set. */
  get #stream(): ReadableStreamDefaultController<Uint8Array> {
    return this.#controller as ReadableStreamDefaultController<Uint8Array>
  }
}
