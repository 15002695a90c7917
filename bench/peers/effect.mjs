/** effect: one program, run once a call. It has no breaker in its core, so its stacks lack one. */
import { Effect, Schedule, Semaphore } from 'effect'

const run = (program) => () => Effect.runPromise(program)
const retries = Effect.retry({ times: 2, schedule: Schedule.spaced(0) })
const attempt = (work) => Effect.tryPromise({ try: work, catch: (error) => error })

export const none = (work) => run(attempt(work))
export const retrying = (work) => run(attempt(work).pipe(retries))
export const failingTwice = (flaky) => () => Effect.runPromise(attempt(flaky()).pipe(retries))
export const timed = (work) => run(attempt(work).pipe(Effect.timeout('1 second')))
export const covered = (work) => run(attempt(work).pipe(Effect.orElseSucceed(() => 0)))
export const limited = (work, { limit }) => run(attempt(work).pipe(Semaphore.makeUnsafe(limit).withPermits(1)))

export function stack(work, size) {
  const slots = Semaphore.makeUnsafe(1000)
  if (size === 1) return none(work)
  if (size === 2) return retrying(work)
  const inside = size === 6 ? attempt(work).pipe(Effect.timeout('500 millis')) : attempt(work)
  const four = inside.pipe(slots.withPermits(1), retries, Effect.timeout('1 second'))
  return run(size === 6 ? four.pipe(Effect.orElseSucceed(() => 0)) : four)
}
