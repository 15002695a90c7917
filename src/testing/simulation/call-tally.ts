/** Counts the calls of a simulation, for its result. */
import type { Milliseconds } from '../../core/duration.ts'
import { isRecord } from '../../core/options.ts'

export class SimulatedCallTally {
  calls = 0
  failed = 0
  readonly took: Milliseconds[] = []
  readonly #errors = new Map<string, number>()

  succeeded(took: Milliseconds): void {
    this.took.push(took)
  }

  rejected(error: unknown): void {
    this.failed++
    const code = codeOf(error)
    this.#errors.set(code, (this.#errors.get(code) ?? 0) + 1)
  }

  get errors(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#errors)
  }
}

function codeOf(error: unknown): string {
  if (isRecord(error) && typeof error['code'] === 'string') return error['code']
  return error instanceof Error ? error.name : String(error)
}
