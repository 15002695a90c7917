/** Operations whose attempts take given times on the virtual clock. */
import type { Call } from 'holdfast'
import type { VirtualClock } from 'holdfast/testing'
import { Alarm } from '../../src/core/timer.ts'

export interface SlowStep {
  readonly after: number
  readonly value?: unknown
  readonly error?: unknown
}

export interface SlowWork {
  (call: Call): Promise<unknown>
  /** When each attempt began. */
  readonly startedAt: readonly number[]
  readonly calls: readonly Call[]
  /** The reasons for which signals aborted, by attempt. */
  readonly aborted: ReadonlyMap<number, unknown>
}

export const later = (clock: VirtualClock, ms: number): Promise<void> =>
  new Promise((resolve) => clock.schedule(new Alarm(resolve), ms))

/** Each step is one attempt; the last one repeats. It ignores its signal. */
export function slowWork(clock: VirtualClock, ...steps: readonly SlowStep[]): SlowWork {
  const startedAt: number[] = []
  const calls: Call[] = []
  const aborted = new Map<number, unknown>()
  const work = async (call: Call): Promise<unknown> => {
    const step = steps[Math.min(calls.length, steps.length - 1)] as SlowStep
    const number = calls.push(call)
    startedAt.push(clock.now())
    call.signal.addEventListener('abort', () => aborted.set(number, call.signal.reason))
    await later(clock, step.after)
    if ('error' in step) throw step.error
    return step.value
  }
  return Object.assign(work, { startedAt, calls, aborted })
}

export const unbounded = Number.POSITIVE_INFINITY
