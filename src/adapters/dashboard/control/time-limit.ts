/** Limits the time of user code and of reading from a client: either may never finish. */
import type { Clock } from '../../../core/clock.ts'
import type { Milliseconds } from '../../../core/duration.ts'
import { Alarm } from '../../../core/timer.ts'

/** Settles as `work` does. After `limit` it rejects with the error that `late` makes, and aborts the signal of the work. */
export async function withTimeLimit<Value>(
  clock: Clock,
  limit: Milliseconds,
  work: (signal: AbortSignal) => Value | PromiseLike<Value>,
  late: () => Error,
): Promise<Value> {
  const controller = new AbortController()
  let expire = (): void => {}
  const expired = new Promise<never>((_, reject) => {
    expire = () => {
      const error = late()
      reject(error)
      controller.abort(error)
    }
  })
  const alarm = new Alarm(() => expire(), true)
  clock.schedule(alarm, limit)
  try {
    return await Promise.race([work(controller.signal), expired])
  } finally {
    clock.cancel(alarm)
  }
}
