/** What the failure of a store means for what comes next. */
import { isRecord } from '../../core/options.ts'
import { StoreError } from './store-error.ts'

const full: readonly unknown[] = ['ENOSPC', 'EDQUOT']

/** There is no room for more. A snapshot may need less, because it takes the place of all that was appended. */
export function isFull(error: unknown): boolean {
  return isRecord(error) && full.includes(error['code'])
}

/** The store no longer has what it had taken. */
export function isLoss(error: unknown): boolean {
  return error instanceof StoreError && error.lost !== undefined
}

export function silence(): StoreError {
  return new StoreError('availabilityTracker: the store does not answer', 'HF_STORE_SILENT')
}

/** `count` records wait, and no more can. */
export function noRoom(count: number): StoreError {
  const what = `${count} records wait for the store, and no more can: later ones are lost until its next snapshot`
  return new StoreError(`availabilityTracker: ${what}`, 'HF_STORE_FULL')
}

export function closedBefore(): StoreError {
  return new StoreError('availabilityTracker: it was closed before', 'HF_STORE_CLOSED')
}
