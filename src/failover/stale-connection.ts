/**
 * Whether an error says that a kept connection was gone before the request was read.
 *
 * A server, or a proxy that reloads, closes idle connections whenever it likes; a request that is sent at that moment meets
 * a reset. That says nothing of the server, and nothing was run. There must be evidence that the connection was used before:
 * `reusedSocket` as Node's `http.ClientRequest` has it (put it on the error), or undici's own count of bytes read.
 */
const codes: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])
/** Causes of causes that are looked at. */
const depth = 3

interface Shape {
  readonly code?: unknown
  readonly reusedSocket?: unknown
  readonly socket?: { readonly bytesRead?: unknown } | null
  readonly cause?: unknown
}

/** The default of the option `stale`. */
export function staleConnection(error: unknown): boolean {
  let at: unknown = error
  for (let level = 0; level < depth && typeof at === 'object' && at !== null; level++) {
    const { code, reusedSocket, socket, cause } = at as Shape
    if (codes.has(code) && (reusedSocket === true || Number(socket?.bytesRead) > 0)) return true
    at = cause
  }
  return false
}
