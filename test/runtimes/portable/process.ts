/** The events of Node's `process` that tests listen to, for runtimes that tell of lost rejections by an event of the global. */
interface Told {
  readonly reason: unknown
  preventDefault(): void
}
type Listen = (error: unknown) => void
const target = globalThis as unknown as {
  process?: object
  addEventListener(type: string, listener: (event: Told) => void): void
}

if (typeof (target.process as { on?: unknown } | undefined)?.on !== 'function') {
  const known = new Set<Listen>()
  target.addEventListener('unhandledrejection', (event) => {
    if (known.size > 0) event.preventDefault()
    for (const listen of known) listen(event.reason)
  })
  const portable = {
    on(event: string, listen: Listen) {
      if (event === 'unhandledRejection') known.add(listen)
      return portable
    },
    off(_event: string, listen: Listen) {
      known.delete(listen)
      return portable
    },
    env: {},
  }
  target.process = portable
}
