/** A store in memory that can be made to fail, to hang, or to be slow. What it has is JSON, as anywhere else. */
import type { AvailabilityStore, StoredHistory, StoreRecord, StoreSnapshot } from 'holdfast/availability'

type Step = 'load' | 'append' | 'snapshot' | 'sync' | 'close'

const copy = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value))

export class MemoryStore implements AvailabilityStore {
  records: StoreRecord[] = []
  taken: StoreSnapshot | undefined
  faults: unknown[] = []
  readonly calls: Step[] = []
  /** What each step does before it does its work. */
  readonly before: Partial<Record<Step, () => unknown>> = {}

  constructor(from?: { readonly records: readonly StoreRecord[]; readonly taken: StoreSnapshot | undefined }) {
    this.records = copy([...(from?.records ?? [])])
    this.taken = from?.taken && copy(from.taken)
  }

  async load(): Promise<StoredHistory | undefined> {
    await this.#begin('load')
    if (this.records.length === 0 && this.taken === undefined && this.faults.length === 0) return undefined
    return copy({ snapshot: this.taken, records: this.records, faults: this.faults })
  }

  async append(records: readonly StoreRecord[]): Promise<void> {
    await this.#begin('append')
    this.records.push(...copy([...records]))
  }

  async snapshot(snapshot: StoreSnapshot): Promise<void> {
    await this.#begin('snapshot')
    this.taken = copy(snapshot)
    this.records = this.records.filter(({ seq }) => seq > snapshot.seq)
  }

  async close(): Promise<void> {
    await this.#begin('close')
  }

  #begin(step: Step): unknown {
    this.calls.push(step)
    return this.before[step]?.()
  }
}
