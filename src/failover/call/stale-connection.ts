/**
 * Whether an error says that a kept-alive connection was closed before the request was read.
 *
 * A server, or a proxy that reloads, may close an idle connection at any time; a request sent at that moment meets a reset.
 * This says nothing about the server, and nothing ran. It takes evidence that the connection had been used before:
 * `reusedSocket` as Node's `http.ClientRequest` has it (put it on the error), or undici's count of bytes read.
 */
const codes: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])
/** How deep causes of causes are searched. */
const depth = 3

interface ConnectionError {
  readonly code?: unknown
  readonly reusedSocket?: unknown
  readonly socket?: { readonly bytesRead?: unknown } | null
  readonly cause?: unknown
}

/** The default of the option `stale`. */
export function staleConnection(error: unknown): boolean {
  let at: unknown = error
  for (let level = 0; level < depth && typeof at === 'object' && at !== null; level++) {
    const { code, reusedSocket, socket, cause } = at as ConnectionError
    if (codes.has(code) && (reusedSocket === true || Number(socket?.bytesRead) > 0)) return true
    at = cause
  }
  return false
}
