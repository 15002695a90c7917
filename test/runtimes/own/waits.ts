/**
 * A wait belongs to its call: fake timers of a test library come, go and come again without a wait being lost, and what a
 * call armed is dropped when it has ended.
 *
 * Every policy that waits is tried in each order of real and fake clocks. Durations differ from test to test, and are the
 * same within one, so that timers kept for reuse by an earlier call meet the clocks of a later one.
 */
import { bulkhead, pipeline, retry, timeout } from 'holdfast'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { deferred, ended } from '../../composition/deferred.ts'

const realTimeout = setTimeout
const hang = (): Promise<never> => new Promise(() => {})
const down = async (): Promise<never> => {
  throw new Error('down')
}

/** Real time, whatever clock is there. */
const after = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    realTimeout(resolve, ms)
  })

/** The state of a call: 'waiting', or how it ended. */
function watch(call: Promise<unknown>): { state: string } {
  const watched = { state: 'waiting' }
  call.then(
    () => {
      watched.state = 'fine'
    },
    (error: { code?: string; message: string }) => {
      watched.state = error.code ?? error.message
    },
  )
  return watched
}

const everything = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
] as const
/** What test libraries fake: with the clock of durations, without it, and timers alone. */
const fakes = {
  'timers, Date and performance': [...everything, 'Date', 'performance'],
  'timers and Date': [...everything, 'Date'],
  'timers alone': ['setTimeout', 'clearTimeout'],
} as const

type Fake = keyof typeof fakes
/** Fake timers come, and the clock sees them: what still waits from before is armed by them too. Gives how much that is. */
function fake(what: Fake): number {
  vi.useFakeTimers({ toFake: [...fakes[what]] })
  void timeout('1h').execute(() => 1)
  return vi.getTimerCount()
}
const turn = async (ms: number): Promise<void> => void (await vi.advanceTimersByTimeAsync(ms))

afterEach(() => {
  vi.useRealTimers()
})

interface Waiting {
  /** A call that waits so long, and how it ends. */
  wait(ms: number): Promise<unknown>
  readonly end: string
  /** A call that arms what the other would, and ends at once. */
  touch(ms: number): Promise<unknown>
}

/** Each with one policy for all calls of a test, as in a service. */
const policies: Readonly<Record<string, () => Waiting>> = {
  timeout: () => {
    const limits = new Map<number, ReturnType<typeof timeout>>()
    const of = (ms: number): ReturnType<typeof timeout> => {
      const limit = limits.get(ms) ?? timeout(ms)
      limits.set(ms, limit)
      return limit
    }
    return { wait: (ms) => of(ms).execute(hang), end: 'HF_TIMEOUT', touch: (ms) => of(ms).execute(async () => 1) }
  },
  retry: () => ({
    wait: (ms) => retry({ retries: 1, backoff: ms }).execute(down),
    end: 'down',
    touch: (ms) => {
      const controller = new AbortController()
      const call = retry({ retries: 1, backoff: ms }).execute(down, { signal: controller.signal })
      return Promise.resolve().then(() => {
        controller.abort()
        return ended(call)
      })
    },
  }),
  'bulkhead with maxWait': () => ({
    wait: (ms) => {
      const few = bulkhead({ limit: 1, queue: 1, maxWait: ms })
      void few.execute(hang)
      return few.execute(() => 1)
    },
    end: 'HF_BULKHEAD_FULL',
    touch: async (ms) => {
      const few = bulkhead({ limit: 1, queue: 1, maxWait: ms })
      const gate = deferred<void>()
      const calls = [few.execute(() => gate.promise), few.execute(() => 1)]
      gate.resolve()
      await Promise.all(calls)
    },
  }),
  'a deadline in a pipeline': () => {
    const all = pipeline(retry({ retries: 1, backoff: 1 }), timeout(60_000))
    return {
      wait: (ms) => all.execute(hang, { deadline: ms }),
      end: 'HF_TIMEOUT',
      touch: (ms) => all.execute(async () => 1, { deadline: ms }),
    }
  },
}

let next = 40
/** A duration no other test has had. */
const fresh = (): number => next++

describe.each(Object.keys(policies))('%s', (name) => {
  const made = (): Waiting => (policies[name] as () => Waiting)()

  /** Under fake timers a call ends when they were turned far enough, and no earlier. */
  async function endsFaked({ wait, end }: Waiting, ms: number): Promise<void> {
    const call = watch(wait(ms))
    await turn(ms - 10)
    expect(call.state).toBe('waiting')
    await turn(20)
    expect(call.state).toBe(end)
  }

  async function endsReal({ wait, end }: Waiting, ms: number): Promise<void> {
    const call = watch(wait(ms))
    await after(ms / 2)
    expect(call.state).toBe('waiting')
    for (let i = 0; i < 100 && call.state === 'waiting'; i++) await after(10)
    expect(call.state).toBe(end)
  }

  describe.each(Object.keys(fakes) as Fake[])('with fake %s', (what) => {
    // Where performance runs on while timers stand still, a fake wait is over by the timers alone.
    it('waits by the fake clock after a call by the real one', async () => {
      const waiting = made()
      const ms = fresh()
      await waiting.touch(ms)
      fake(what)
      await endsFaked(waiting, ms)
    })

    it('waits by the real clock after a call by a fake one', async () => {
      const waiting = made()
      const ms = fresh()
      fake(what)
      await waiting.touch(ms)
      vi.useRealTimers()
      await endsReal(waiting, ms)
    })

    it('waits by one fake clock after another', async () => {
      const waiting = made()
      const ms = fresh()
      for (let i = 0; i < 3; i++) {
        fake(what)
        await waiting.touch(ms)
        await endsFaked(waiting, ms)
        vi.useRealTimers()
      }
    })

    it('loses no wait by the real clock while a fake one comes and goes', async () => {
      const waiting = made()
      const ms = fresh() + 60
      const call = watch(waiting.wait(ms))
      // A retry begins to wait when its first try has failed.
      await after(5)
      fake(what)
      await waiting.touch(ms)
      await turn(5)
      vi.useRealTimers()
      for (let i = 0; i < 100 && call.state === 'waiting'; i++) await after(10)
      expect(call.state).toBe(waiting.end)
    })

    it('goes on by the real clock after waits that a fake one took with it', async () => {
      const waiting = made()
      const ms = fresh()
      fake(what)
      watch(waiting.wait(ms))
      vi.useRealTimers()
      await endsReal(waiting, ms)
      fake(what)
      await endsFaked(waiting, ms)
    })

    it('leaves no timer a second later', async () => {
      const waiting = made()
      const before = fake(what)
      for (let i = 0; i < 5; i++) await waiting.touch(fresh() * 1000)
      await turn(1000)
      expect(vi.getTimerCount()).toBeLessThanOrEqual(before)
    })
  })
})

describe('what calls armed', () => {
  it('keeps no timer of aborted waits that all differ', async () => {
    const before = fake('timers, Date and performance')
    const again = retry({ retries: 1, backoff: ({ attempt }) => 5000 * attempt + 1000 * Math.random() })
    const controller = new AbortController()
    const calls = Array.from({ length: 1000 }, () => ended(again.execute(down, { signal: controller.signal })))
    await turn(0)
    controller.abort()
    await Promise.all(calls)
    await turn(1000)
    expect(vi.getTimerCount()).toBeLessThanOrEqual(before)
  })

  it('keeps no timer of limits that all differ', async () => {
    const before = fake('timers, Date and performance')
    for (let i = 0; i < 1000; i++) await timeout(5000 + i).execute(async () => 1)
    await turn(1000)
    expect(vi.getTimerCount()).toBeLessThanOrEqual(before)
  })

  it('keeps no timer of many calls at once that wait equally long', async () => {
    const before = fake('timers, Date and performance')
    const limit = timeout('7s')
    const gate = deferred<void>()
    const calls = Array.from({ length: 1000 }, () => limit.execute(() => gate.promise))
    gate.resolve()
    await Promise.all(calls)
    await turn(1000)
    expect(vi.getTimerCount()).toBeLessThanOrEqual(before)
  })
})
