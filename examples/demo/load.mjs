// A steady load: calls start on time, whether or not earlier ones have ended.

/** Calls `client.call()` at `rate` a second until stopped; `stop()` resolves when the last call has ended. */
export function steadyLoad(client, rate) {
  const tally = { calls: 0, ok: 0, failed: 0 }
  const inFlight = new Set()
  const began = performance.now()
  const start = () => {
    tally.calls++
    const call = client.call().then(
      () => tally.ok++,
      () => tally.failed++,
    )
    inFlight.add(call)
    call.then(() => inFlight.delete(call))
  }
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) / 1000) * rate)
    while (tally.calls < due) start()
  }, 1000 / rate)
  return {
    tally,
    /** The share of ended calls that were good; null before the first. */
    get availability() {
      const ended = tally.ok + tally.failed
      return ended === 0 ? null : tally.ok / ended
    },
    async stop() {
      clearInterval(timer)
      await Promise.all(inFlight)
    },
  }
}
