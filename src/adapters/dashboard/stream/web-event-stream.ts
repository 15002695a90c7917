/** Events over a `Response`, for servers that are asked as `fetch` asks. */
import { Outlet } from './event-stream.ts'

/** Bytes that may wait before the stream says that it is full. */
const room = 65_536

export class WebOutlet extends Outlet {
  readonly response: Response
  readonly #encoder = new TextEncoder()
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined = undefined

  /** `gone` is told when the reader cancels. */
  constructor(headers: Readonly<Record<string, string>>, gone: () => void) {
    super()
    const start = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
      this.#controller = controller
    }
    const body = new ReadableStream({ start, cancel: gone }, new ByteLengthQueuingStrategy({ highWaterMark: room }))
    this.response = new Response(body, { status: 200, headers: { ...headers } })
  }

  get waiting(): number {
    // Never null: a stream that has ended is not asked.
    return room - (this.#stream.desiredSize as number)
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

  /** Set by the stream before its constructor is done. */
  get #stream(): ReadableStreamDefaultController<Uint8Array> {
    return this.#controller as ReadableStreamDefaultController<Uint8Array>
  }
}
