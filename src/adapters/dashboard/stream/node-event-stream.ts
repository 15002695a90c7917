/** Events over a response of `node:http`, Express, or the one below a reply of Fastify. */
import type { NodeResponse } from '../../../serving/answer.ts'
import { Outlet } from './event-stream.ts'

/** What is used of a response to stream over it. */
export interface NodeStream extends NodeResponse {
  readonly writableLength: number
  /** Its connection is gone. */
  readonly destroyed: boolean
  write(text: string): unknown
  on(event: 'close' | 'error', listener: (...given: never[]) => void): unknown
  destroy(): unknown
}

export class NodeOutlet extends Outlet {
  readonly #response: NodeStream

  /** `gone` is told when the connection is closed, by whomever. */
  constructor(response: NodeStream, headers: Readonly<Record<string, string>>, gone: () => void) {
    super()
    this.#response = response
    response.statusCode = 200
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    // After what may throw: of a page that was never opened nothing is told.
    response.on('close', gone)
    response.on('error', gone)
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
