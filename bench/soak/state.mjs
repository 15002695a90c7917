/** What a process holds when nothing is under way: heap, handles, listeners on signals that live on. */
import { getEventListeners } from 'node:events'
import { longLived } from './load.mjs'

export async function state() {
  // What was given up settles in its own time; twice, because what one collection ends another may take away.
  await new Promise((resolve) => setTimeout(resolve, 100))
  globalThis.gc()
  await new Promise((resolve) => setImmediate(resolve))
  globalThis.gc()
  return {
    heap: process.memoryUsage().heapUsed,
    handles: process.getActiveResourcesInfo().length,
    listeners: longLived.reduce((sum, signal) => sum + getEventListeners(signal, 'abort').length, 0),
  }
}
