/** Requests to the process: data that the page needs when its user looks at something, and controls. */
import type { Bars, ComponentDetails, ObjectiveDetails } from '../../wire/details.ts'
import type { ControlRequest } from '../../wire/messages.ts'

async function fetchJson<Answer>(query: string): Promise<Answer> {
  const response = await fetch(query)
  if (!response.ok) throw new Error(`The process answered ${response.status}.`)
  return (await response.json()) as Answer
}

export function fetchBars(names: readonly string[]): Promise<Bars> {
  return fetchJson(`?${new URLSearchParams([['bars', ''], ...names.map((name) => ['name', name])])}`)
}

export function fetchComponent(name: string): Promise<ComponentDetails> {
  return fetchJson(`?${new URLSearchParams({ component: name })}`)
}

export function fetchObjective(name: string): Promise<ObjectiveDetails> {
  return fetchJson(`?${new URLSearchParams({ objective: name })}`)
}

/** Resolves to undefined if the control was applied, and otherwise to the reason why not. */
export async function sendControl(request: ControlRequest): Promise<string | undefined> {
  try {
    const response = await fetch('?control', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    })
    if (response.ok) return undefined
    const { error } = (await response.json().catch(() => ({}))) as { error?: string }
    return error ?? `The process answered ${response.status}.`
  } catch {
    return 'The process could not be reached.'
  }
}
