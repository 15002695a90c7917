/** Operations that are protected, and the bare calls they are compared with. */
export const work = async () => 42
export const syncWork = () => 42

/** Reads the signal, as an operation that hands it on does. */
export const signalWork = async (call) => (call?.signal === undefined ? 0 : 42)

const failure = new Error('the same one each time')
export const failing = async () => {
  throw failure
}

/** Fails twice, then works. */
export const flaky = () => {
  let failed = 0
  return async () => {
    if (failed++ < 2) throw failure
    return 42
  }
}

/** Operations that hang until all of them have started, so that so many are in flight. */
export function gate(size) {
  const waiting = []
  return {
    work: () => new Promise((resolve) => waiting.push(resolve)),
    async open(count = size) {
      // Some peers start the work in a later turn.
      while (waiting.length < count) await new Promise((resolve) => setImmediate(resolve))
      for (const resolve of waiting.splice(0)) resolve(42)
    },
  }
}
