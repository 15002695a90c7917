/** Questions to the process that are asked when somebody looks. */
import type { Bars, ComponentDetails, ControlRequest, ObjectiveDetails } from '../../wire/facts.ts'

async function ask<Answer>(query: string): Promise<Answer> {
  const response = await fetch(query)
  if (!response.ok) throw new Error(`The process answered ${response.status}.`)
  return (await response.json()) as Answer
}

export function askBars(names: readonly string[]): Promise<Bars> {
  return ask(`?${new URLSearchParams([['bars', ''], ...names.map((name) => ['name', name])])}`)
}

export function askComponent(name: string): Promise<ComponentDetails> {
  return ask(`?${new URLSearchParams({ component: name })}`)
}

export function askObjective(name: string): Promise<ObjectiveDetails> {
  return ask(`?${new URLSearchParams({ objective: name })}`)
}

/** Undefined where it was done, else why it was not. */
export async function control(request: ControlRequest): Promise<string | undefined> {
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
