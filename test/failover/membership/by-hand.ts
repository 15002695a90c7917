/** A source that says what a test tells it to. */
import type { MemberSink, MemberSource } from 'holdfast/failover'

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
