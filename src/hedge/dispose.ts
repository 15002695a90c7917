/** What becomes of values that no caller gets. */
import { ignoreRejection } from '../core/ignore-rejection.ts'
import { isRecord } from '../core/options.ts'

/** Cancels the body of a web `Response`, so that its connection is free again. Other values are left alone. */
export function cancelBody(value: unknown): void {
  if (!isRecord(value)) return
  const { body } = value
  // A body that is being read refuses: then its reader ends it.
  if (isRecord(body) && typeof body['cancel'] === 'function') ignoreRejection(body['cancel']())
}
