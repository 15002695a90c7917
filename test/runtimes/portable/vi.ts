/** The part of vitest's `vi` that the portable tests use. Time is faked by sinon's fake timers, as in vitest itself. */
import { type Clock, type FakeMethod, withGlobal } from '@sinonjs/fake-timers'
import { fn, restoreAllMocks, spyOn } from '@vitest/spy'

let clock: Clock | undefined
const replaced = new Map<string, PropertyDescriptor | undefined>()

function faked(): Clock {
  if (clock === undefined) throw new Error('the timers are real')
  return clock
}

export const vi = {
  fn,
  spyOn,
  restoreAllMocks,
  mocked: <Given>(given: Given): Given => given,

  stubGlobal(name: string, value: unknown): void {
    if (!replaced.has(name)) replaced.set(name, Object.getOwnPropertyDescriptor(globalThis, name))
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: true })
  },
  unstubAllGlobals(): void {
    for (const [name, before] of replaced) {
      if (before === undefined) Reflect.deleteProperty(globalThis, name)
      else Object.defineProperty(globalThis, name, before)
    }
    replaced.clear()
  },

  useFakeTimers({ toFake }: { toFake?: readonly FakeMethod[] } = {}): void {
    clock?.uninstall()
    clock = withGlobal(globalThis).install({
      now: Date.now(),
      ...(toFake === undefined ? { toNotFake: ['nextTick', 'queueMicrotask'] } : { toFake }),
    })
  },
  useRealTimers(): void {
    clock?.uninstall()
    clock = undefined
  },
  advanceTimersByTime: (ms: number): void => void faked().tick(ms),
  advanceTimersByTimeAsync: async (ms: number): Promise<void> => void (await faked().tickAsync(ms)),
  runOnlyPendingTimers: (): void => void faked().runToLast(),
  getTimerCount: (): number => faked().countTimers(),
  setSystemTime: (time: number): void => faked().setSystemTime(time),
}
