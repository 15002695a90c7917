/** A piece of work of somebody else's, which may never end. */
import type { Clock } from '../../../core/clock.ts'
import type { Milliseconds } from '../../../core/duration.ts'
import { Alarm } from '../../../core/timer.ts'

/** Gives what `work` gives. After `limit` it rejects with what `late` gives, and the signal of the work is aborted. */
export async function within<Value>(
  clock: Clock,
  limit: Milliseconds,
  work: (signal: AbortSignal) => Value | PromiseLike<Value>,
  late: () => Error,
): Promise<Value> {
  const controller = new AbortController()
  let ring = (): void => {}
  const overdue = new Promise<never>((_, reject) => {
    ring = () => {
      const error = late()
      reject(error)
      controller.abort(error)
    }
  })
  const alarm = new Alarm(() => ring(), true)
  clock.schedule(alarm, limit)
  try {
    return await Promise.race([work(controller.signal), overdue])
  } finally {
    clock.cancel(alarm)
  }
}
