/**
 * What of the insides of node-zookeeper-client is touched, as little as will do.
 *
 * The package tries the servers again and again by itself, says nothing of it, and carries half a reply from one connection
 * into the next; a reply with a code it does not know throws inside its socket, which would end the process; and only a
 * server that answers can close it. So a client is made to stop at the end of its one connection, to tell of it, to tell
 * of what it cannot read, and to let go of its socket when it is told to.
 */

interface ClientInternals {
  socket?: { destroy(error?: Error): unknown }
  connectTimeout: number
  connect(): void
  onSocketConnected(): void
  onSocketData(data: Uint8Array): void
}

/** What is told of a connection: it has ended, or it has brought what cannot be read. */
export interface ConnectionHandlers {
  ended(): void
  unreadable(error: unknown): void
}

/** Takes a client in hand that has just begun to connect; gives what lets go of it. */
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
  // It would be called at the end of the connection, for the next one.
  internals.connect = () => handlers.ended()
  return () => {
    internals.connect = () => {}
    // A socket that is not there yet ends as it connects, or when it does not.
    internals.onSocketConnected = () => void internals.socket?.destroy()
    internals.connectTimeout = 1
    // With an error, the timer of a connection that has not come about is stopped too.
    internals.socket?.destroy(new Error('let go'))
  }
}
