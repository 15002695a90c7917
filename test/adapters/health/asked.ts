/** Health endpoints asked as a `fetch` server asks them. */
import type { HealthHandler } from 'holdfast/health'

export interface ParsedResult {
  readonly status: number
  readonly body: {
    readonly status: string
    readonly notes?: readonly string[]
    readonly checks?: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>
    readonly [field: string]: unknown
  }
}

/** What a handler says to a GET. */
export async function asked(handler: HealthHandler, init?: RequestInit): Promise<ParsedResult> {
  const response = await handler(new Request('http://service/readyz', init))
  return { status: response.status, body: JSON.parse(await response.text()) as ParsedResult['body'] }
}
