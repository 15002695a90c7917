/** Why something failed in ZooKeeper: `code` is the name of its own code, or one of ours. */
export class ZooKeeperError extends Error {
  override readonly name = 'ZooKeeperError'
  /**
   * As `NO_NODE` or `CONNECTION_LOSS`. Ours: `NOT_REACHED` no server can be reached, `UNREADABLE` a server has sent what the
   * client cannot read, `DISCARDED` the connection was given up, `CLOSED` it was closed by the user.
   */
  readonly code: string

  constructor(what: string, code: string, cause?: unknown) {
    super(`zookeeper: ${what}: ${code}`, cause === undefined ? undefined : { cause })
    this.code = code
  }
}
