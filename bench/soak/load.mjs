/**
 * Calls at a steady rate, for so long, until the last one has settled. A late turn of the event loop starts what is due,
 * so the rate holds on average however busy the machine is.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { kindFor } from './operations.mjs'

/** Signals that live as long as a process does; every listener left on them would add up. */
export const longLived = Array.from({ length: 16 }, () => new AbortController().signal)

export async function load(execute, { rate, ms, random, counts }) {
  let started = 0
  let open = 0
  const delay = monitorEventLoopDelay({ resolution: 1 })

  const call = () => {
    const kind = kindFor(random())
    open++
    let signal = random() < 0.3 ? longLived[started % longLived.length] : undefined
    let timer
    if (kind.abortAfter !== undefined) {
      const controller = new AbortController()
      signal = controller.signal
      timer = setTimeout(() => controller.abort(new Error('the caller gave up')), kind.abortAfter)
    }
    const settled = (outcome) => () => {
      open--
      clearTimeout(timer)
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
    }
    execute(kind, signal).then(settled(`${kind.name}: value`), settled(`${kind.name}: error`))
  }

  const start = performance.now()
  delay.enable()
  for (let elapsed = 0; elapsed < ms; elapsed = performance.now() - start) {
    const due = Math.floor((elapsed / 1000) * rate)
    for (; started < due; started++) call()
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  delay.disable()
  while (open > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  return { calls: started, p50: delay.percentile(50) / 1e6, p99: delay.percentile(99) / 1e6 }
}
