/** Bytes that are held while something is alive: calls in flight, or instances made. */
export async function held(make, count) {
  // The first one fills caches and compiles; it must not be counted.
  const first = await make(Math.min(count, 100))
  await first.end?.()
  globalThis.gc()
  const before = process.memoryUsage().heapUsed
  const kept = await make(count)
  globalThis.gc()
  const bytes = (process.memoryUsage().heapUsed - before) / count
  await kept.end?.()
  return bytes
}
