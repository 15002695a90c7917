/**
 * The retry loop, by p-retry. This is the only file that imports it.
 *
 * p-retry would not repeat a `TypeError`, turns what is not an Error into one, and waits on the global timer. So it sees
 * one Error of ours whatever the try failed with, waits 0 ms, and we wait on our own clock inside `again`.
 * Every option key is given: with keys left out a call costs many times more.
 */
import pRetry from 'p-retry'

/** A failed try rejects with this; the caller of the loop keeps the real error. */
export const failed: Error = Object.freeze(new Error('a try failed'))

function nothing(): void {}
const always = (): boolean => true

/**
 * Runs `attempt` until it succeeds, `again` says no, or it has been repeated `retries` times.
 * Resolves with whether it succeeded.
 */
export async function loop(
  retries: number,
  attempt: (number: number) => Promise<void> | undefined,
  again: () => boolean | Promise<boolean>,
): Promise<boolean> {
  try {
    await pRetry(attempt, {
      retries,
      factor: 1,
      minTimeout: 0,
      maxTimeout: 0,
      maxRetryTime: Number.POSITIVE_INFINITY,
      randomize: false,
      unref: false,
      signal: undefined as never,
      onFailedAttempt: nothing,
      shouldRetry: again,
      shouldConsumeRetry: always,
    })
    return true
  } catch {
    return false
  }
}
