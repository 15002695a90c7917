/** The connection to the process: events as they come, and again after each break, with what is said of it. */
import type { Frame, Hello } from '../../wire/facts.ts'

export type Link = 'connecting' | 'live' | 'paused' | 'lost' | 'full' | 'closed'

interface Heard {
  /** False ends it: the page is too old. */
  readonly hello: (hello: Hello) => boolean
  readonly frame: (frame: Frame) => void
  readonly link: (link: Link) => void
}

/** A stream that says nothing for so long is dead, whatever the connection claims: a frame comes each 10 s at least. */
const silence = 25_000
const retryAfter = 3000
/** How often it says that it reads: a process that hears nothing takes it for gone. */
const seenEvery = 20_000

/** A page nobody looks at for so long lets go: browsers have few connections to a host, and the process few places. */
const patience = 60_000

/** Connects, and keeps connected while somebody looks. */
export function connect({ hello, frame, link }: Heard): void {
  let source: EventSource | undefined
  /** Fires when it has been silent for too long, or is to be opened again, or when nobody has looked for long. */
  let timer: number | undefined
  const wait = (then: () => void, after: number): void => {
    window.clearTimeout(timer)
    timer = window.setTimeout(then, after)
  }
  const leave = (state: Link): void => {
    source?.close()
    source = undefined
    window.clearTimeout(timer)
    link(state)
  }
  const again = (state: Link): void => {
    leave(state)
    wait(open, retryAfter)
  }
  const heard = (): void => {
    wait(() => (document.hidden ? leave('paused') : again('lost')), document.hidden ? patience : silence)
  }
  const open = (): void => {
    if (document.hidden) {
      leave('paused')
      return
    }
    const own = new EventSource('?events')
    source = own
    let stream = ''
    let seenAt = 0
    wait(() => again('lost'), silence)
    own.addEventListener('hello', ({ data }) => {
      heard()
      const said = JSON.parse(data) as Hello
      stream = said.stream
      seenAt = performance.now()
      if (hello(said)) link('live')
      else leave('closed')
    })
    own.addEventListener('frame', ({ data }) => {
      if (!document.hidden) heard()
      const now = performance.now()
      if (now - seenAt >= seenEvery) {
        seenAt = now
        void fetch(`?${new URLSearchParams({ seen: stream })}`).catch(() => {})
      }
      frame(JSON.parse(data) as Frame)
    })
    own.addEventListener('error', () => {
      // A browser tries again by itself after a break, but not after a refusal; why, only another request can tell.
      if (own.readyState !== EventSource.CLOSED) {
        link('lost')
        return
      }
      leave('lost')
      void fetch('?events', { method: 'HEAD' })
        .then(({ status }) => again(status === 503 ? 'full' : 'lost'))
        .catch(() => again('lost'))
    })
  }
  document.addEventListener('visibilitychange', () => {
    if (source !== undefined) heard()
    else if (!document.hidden) open()
  })
  link('connecting')
  open()
}
