/** What the calls of a soak do: most work, some fail, hang or are given up. */
const failure = new Error('the dependency failed')
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

/** Hangs until the signal ends it; without one, as long as the limit would have let it. */
function hang(call, limit) {
  const signal = call?.signal
  if (signal === undefined) return wait(limit)
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

/** Shares of the calls add up to one. `limit` is the timeout's, in ms. */
export const kinds = [
  { name: 'success', share: 0.6, run: async () => 42 },
  { name: 'later success', share: 0.25, run: () => wait(2) },
  { name: 'failure', share: 0.03, run: () => Promise.reject(failure) },
  {
    name: 'failure, then success',
    share: 0.04,
    run: (call) => (call?.attempt > 1 ? Promise.resolve(42) : Promise.reject(failure)),
  },
  { name: 'timeout', share: 0.02, run: hang },
  { name: 'abort', share: 0.03, run: hang, abortAfter: 5 },
  { name: 'rejection', share: 0.03, run: async () => 42, refused: true },
]

/** The kind for a number from 0 to 1. */
export function kindFor(number) {
  let upTo = 0
  for (const kind of kinds) {
    upTo += kind.share
    if (number < upTo) return kind
  }
  return kinds[0]
}
