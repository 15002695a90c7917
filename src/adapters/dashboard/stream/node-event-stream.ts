/** Events over a response of `node:http`, of Express, or under a reply of Fastify. */
import type { NodeResponse } from '../../../serving/answer.ts'
import { EventStream } from './event-stream.ts'

/** The part of a response that streaming needs. */
export interface NodeStreamResponse extends NodeResponse {
  readonly writableLength: number
  /** Its connection is closed. */
  readonly destroyed: boolean
  write(text: string): unknown
  on(event: 'close' | 'error', listener: (...given: never[]) => void): unknown
  destroy(): unknown
}

export class NodeEventStream extends EventStream {
  readonly #response: NodeStreamResponse

  /** `onClose` is called when either side has closed the connection. */
  constructor(response: NodeStreamResponse, headers: Readonly<Record<string, string>>, onClose: () => void) {
    super()
    this.#response = response
    response.statusCode = 200
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    // After everything that may throw: a page that was never opened is not closed either.
    response.on('close', onClose)
    response.on('error', onClose)
  }

  get waiting(): number {
    return this.#response.writableLength
  }

  protected write(text: string): number {
    const before = this.waiting
    this.#response.write(text)
    return this.waiting - before
  }

  end(): void {
    this.#response.end()
  }

  destroy(): void {
    this.#response.destroy()
  }
}
