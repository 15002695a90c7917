/**
 * Patches a few internals of node-zookeeper-client.
 *
 * The package reconnects by itself without reporting it, and carries half a reply from one connection into the next. A reply
 * with an unknown code throws inside its socket handler, which would end the process. And only a server that answers can close
 * a client. So a patched client stops at the end of its one connection and reports it, reports unreadable replies, and
 * closes its socket on request.
 */

interface ClientInternals {
  socket?: { destroy(error?: Error): unknown }
  connectTimeout: number
  connect(): void
  onSocketConnected(): void
  onSocketData(data: Uint8Array): void
}

/** Called when the connection has ended, and when a reply cannot be read. */
export interface ConnectionHandlers {
  ended(): void
  unreadable(error: unknown): void
}

/** Patches a client that has just begun to connect. Returns a function that closes its socket. */
export function patchClient(client: object, handlers: ConnectionHandlers): () => void {
  const internals = (client as { connectionManager: ClientInternals }).connectionManager
  const { onSocketData } = internals
  internals.onSocketData = (data) => {
    try {
      onSocketData.call(internals, data)
    } catch (error) {
      handlers.unreadable(error)
    }
  }
  // The package calls it at the end of a connection, to make the next one.
  internals.connect = () => handlers.ended()
  return () => {
    internals.connect = () => {}
    // A socket that is not connected yet is closed as it connects, or when it fails to.
    internals.onSocketConnected = () => void internals.socket?.destroy()
    internals.connectTimeout = 1
    // The error also stops the timer of a pending connection.
    internals.socket?.destroy(new Error('discarded'))
  }
}
