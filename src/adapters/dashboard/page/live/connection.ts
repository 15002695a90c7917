/** The connection to the process: delivers its events, reconnects after each break, and reports its own state. */
import type { Frame, Hello } from '../../wire/messages.ts'

export type ConnectionState = 'connecting' | 'live' | 'paused' | 'lost' | 'full' | 'outdated'

interface StreamHandlers {
  /** Returns false if the page is too old for the server; that ends the connection. */
  readonly hello: (hello: Hello) => boolean
  readonly frame: (frame: Frame) => void
  readonly state: (state: ConnectionState) => void
}

/** A frame comes every 10 s at least, so a stream that is silent for longer is dead, even if the connection is open. */
const maxSilence = 25_000
const retryAfter = 3000
/** The process closes the stream of a page without heartbeats. */
const heartbeatEvery = 20_000

/** A hidden page closes its stream after this time: browsers limit connections per host, and the process limits pages. */
const maxHidden = 60_000

/** Connects, and stays connected while the page is visible. */
export function connect({ hello, frame, state }: StreamHandlers): void {
  let source: EventSource | undefined
  /** One timer for three things: silence for too long, the next attempt to connect, hidden for too long. */
  let timer: number | undefined
  const wait = (then: () => void, after: number): void => {
    window.clearTimeout(timer)
    timer = window.setTimeout(then, after)
  }
  const disconnect = (reason: ConnectionState): void => {
    source?.close()
    source = undefined
    window.clearTimeout(timer)
    state(reason)
  }
  const reconnect = (reason: ConnectionState): void => {
    disconnect(reason)
    wait(open, retryAfter)
  }
  const restartTimer = (): void => {
    wait(() => (document.hidden ? disconnect('paused') : reconnect('lost')), document.hidden ? maxHidden : maxSilence)
  }
  const open = (): void => {
    if (document.hidden) {
      disconnect('paused')
      return
    }
    const own = new EventSource('?events')
    source = own
    let stream = ''
    let heartbeatAt = 0
    wait(() => reconnect('lost'), maxSilence)
    own.addEventListener('hello', ({ data }) => {
      restartTimer()
      const message = JSON.parse(data) as Hello
      stream = message.stream
      heartbeatAt = performance.now()
      if (hello(message)) state('live')
      else disconnect('outdated')
    })
    own.addEventListener('frame', ({ data }) => {
      if (!document.hidden) restartTimer()
      const now = performance.now()
      if (now - heartbeatAt >= heartbeatEvery) {
        heartbeatAt = now
        void fetch(`?${new URLSearchParams({ heartbeat: stream })}`).catch(() => {})
      }
      frame(JSON.parse(data) as Frame)
    })
    own.addEventListener('error', () => {
      // After a break a browser reconnects by itself, but not after an error status, which only another request reveals.
      if (own.readyState !== EventSource.CLOSED) {
        state('lost')
        return
      }
      disconnect('lost')
      void fetch('?events', { method: 'HEAD' })
        .then(({ status }) => reconnect(status === 503 ? 'full' : 'lost'))
        .catch(() => reconnect('lost'))
    })
  }
  document.addEventListener('visibilitychange', () => {
    if (source !== undefined) restartTimer()
    else if (!document.hidden) open()
  })
  state('connecting')
  open()
}
