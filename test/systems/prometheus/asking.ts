/** What a Prometheus answers, as Grafana asks it. */

export interface Found {
  readonly metric: Readonly<Record<string, string>>
  /** Times in seconds, and numbers. */
  readonly values: readonly (readonly [number, number])[]
}

interface Answer {
  readonly status: string
  readonly error?: string
  readonly data: { readonly result: readonly { metric: Record<string, string>; value?: Point; values?: Point[] }[] }
}
type Point = readonly [number, string]

async function ask(base: string, path: string, params: Readonly<Record<string, string>>): Promise<readonly Found[]> {
  const response = await fetch(`${base}/api/v1/${path}?${new URLSearchParams(params)}`)
  const { status, error, data } = (await response.json()) as Answer
  if (status !== 'success') throw new Error(`${error}: ${params['query']}`)
  return data.result.map(({ metric, value, values = value === undefined ? [] : [value] }) => ({
    metric,
    values: values.map(([time, number]) => [time, Number(number)] as const),
  }))
}

export function instant(base: string, query: string, time?: number): Promise<readonly Found[]> {
  return ask(base, 'query', { query, ...(time === undefined ? {} : { time: String(time) }) })
}

/** The last `seconds`, each second. */
export function range(base: string, query: string, seconds: number): Promise<readonly Found[]> {
  const end = Date.now() / 1000
  return ask(base, 'query_range', { query, start: String(end - seconds), end: String(end), step: '1' })
}
