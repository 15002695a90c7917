/** A source that says what a test tells it to. */
import { type FailoverOptions, failoverPool, type MemberSink, type MemberSource, ordered } from 'holdfast/failover'
import { recorder, virtualClock } from 'holdfast/testing'

export interface ByHand extends MemberSource<string> {
  /** The sink of the latest watch. */
  readonly sink: MemberSink
  readonly watches: number
  readonly closes: number
  readonly refreshes: number
}

export function byHand(options: { initial?: readonly unknown[]; onWatch?: (sink: MemberSink) => void } = {}): ByHand {
  let sink: MemberSink | undefined
  let [watches, closes, refreshes] = [0, 0, 0]
  return {
    kind: 'byHand',
    initial: options.initial,
    get sink() {
      if (sink === undefined) throw new Error('not watched yet')
      return sink
    },
    get watches() {
      return watches
    },
    get closes() {
      return closes
    },
    get refreshes() {
      return refreshes
    },
    watch(given) {
      sink = given
      watches++
      options.onWatch?.(given)
      return { close: () => void closes++, refresh: () => void refreshes++ }
    },
  }
}

export function made(source: MemberSource<string> = byHand(), options: FailoverOptions<string> = {}) {
  const clock = virtualClock()
  const pool = failoverPool(source, { clock, random: () => 0.5, selection: ordered(), ...options })
  const log = recorder(pool)
  const names = () => pool.members.map(({ name }) => name)
  const faults = () => log.of('fault').map(({ error }) => String(error))
  return { clock, pool, log, names, faults }
}

/** A pool whose source is watched, and past the time in which lists are gathered. */
export async function watched(list: readonly unknown[], options: FailoverOptions<string> = {}) {
  const source = byHand()
  const all = made(source, options)
  void all.pool.ready()
  const say = async (members: readonly unknown[]) => {
    source.sink.update(members)
    await all.clock.advance(100)
  }
  await say(list)
  return { ...all, source, say }
}

/** The simplest operation: gives what it was sent to. */
export const target = ({ target }: { readonly target: string }) => target
