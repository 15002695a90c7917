/** A failure in ZooKeeper. `code` is the name of ZooKeeper's own code, or one of this library. */
export class ZooKeeperError extends Error {
  override readonly name = 'ZooKeeperError'
  /**
   * For example `NO_NODE` or `CONNECTION_LOSS`. Of this library: `NOT_REACHED` no server can be reached, `UNREADABLE` a reply
   * cannot be parsed, `DISCARDED` the connection was discarded, `CLOSED` the user closed it.
   */
  readonly code: string

  constructor(what: string, code: string, cause?: unknown) {
    super(`zookeeper: ${what}: ${code}`, cause === undefined ? undefined : { cause })
    this.code = code
  }
}
