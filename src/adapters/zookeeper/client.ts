/**
 * One connection to one server with node-zookeeper-client, by promises. Only this file imports that package.
 *
 * The package lets an operation wait for ever while no server answers. Here all pending operations fail when the client is
 * discarded.
 */
import {
  CreateMode,
  createClient,
  type Exception,
  type Option,
  type Stat,
  State,
  type Client as ZooKeeper,
} from 'node-zookeeper-client'
import { patchClient } from './client-internals.ts'
import { ZooKeeperError } from './zookeeper-error.ts'

/**
 * The state of a client. `ended`: its connection has ended or could not be made. `expired`: its session has expired. `refused`:
 * its credentials are refused. `unreadable`: a reply cannot be parsed. After each of these the client cannot be used again.
 */
export type ZooKeeperClientState = 'connected' | 'ended' | 'expired' | 'refused' | 'unreadable'

/** A session that another client can resume. */
export interface Session {
  readonly sessionId: Buffer
  readonly sessionPassword: Buffer
}

/** The metadata of a node. */
export interface NodeFacts {
  /** The session that owns it, in hexadecimal; `persistent` if none does. */
  readonly owner: string
  /** The id of the transaction that created it, in hexadecimal: later ones sort later. */
  readonly creation: string
}

export interface ZooKeeperClientOptions {
  /** `host:port`, followed by the root path, if any. */
  readonly server: string
  /** In ms; the servers may change it. */
  readonly sessionTimeout: number
  readonly auth: { readonly scheme: string; readonly credentials: string } | undefined
  /** The session to resume. */
  readonly session: Session | undefined
}

const modes = {
  persistent: CreateMode.PERSISTENT,
  ephemeral: CreateMode.EPHEMERAL,
  sequential: CreateMode.EPHEMERAL_SEQUENTIAL,
}

type OperationCallback<T> = (error: Error | Exception | null, value: T) => void

export class ZooKeeperClient {
  readonly #client: ZooKeeper
  readonly #release: () => void
  /** Rejects the pending operations. */
  readonly #pending = new Set<(error: Error) => void>()
  #connected = false
  #discarded = false

  constructor(
    { server, sessionTimeout, auth, session }: ZooKeeperClientOptions,
    onState: (state: ZooKeeperClientState, error?: unknown) => void,
  ) {
    const options: Partial<Option> = { sessionTimeout, retries: 0, ...session }
    const client = createClient(server, options)
    this.#client = client
    if (auth !== undefined) client.addAuthInfo(auth.scheme, Buffer.from(auth.credentials))
    client.on('state', (state: State) => {
      this.#connected = state === State.SYNC_CONNECTED
      if (this.#connected) onState('connected')
      if (state === State.EXPIRED) onState('expired')
      if (state === State.AUTH_FAILED) onState('refused')
    })
    client.connect()
    this.#release = patchClient(client, {
      ended: () => onState('ended'),
      unreadable: (error) => onState('unreadable', error),
    })
  }

  get session(): Session {
    return { sessionId: this.#client.getSessionId(), sessionPassword: this.#client.getSessionPassword() }
  }

  /** The session id, in hexadecimal. */
  get sessionId(): string {
    return this.#client.getSessionId().toString('hex')
  }

  /** The session timeout that the servers negotiated, in ms. */
  get sessionTimeout(): number {
    return this.#client.getSessionTimeout()
  }

  // The package accepts an undefined watch, but its types do not.

  /** The names of the children of a path. `changed` is called once, when a child is added or removed. */
  children(path: string, changed?: () => void): Promise<readonly string[]> {
    const watch = changed as () => void
    return this.#call<string[]>(`children of ${path}`, (done) => this.#client.getChildren(path, watch, done))
  }

  /** The data of a node. `changed` is called once, when the data changes or the node is removed. */
  read(path: string, changed?: (event: { readonly path: string }) => void): Promise<NodeFacts & { text: string }> {
    const watch = changed as () => void
    return this.#call(`data of ${path}`, (done) =>
      this.#client.getData(path, watch, (error, data: Buffer | undefined, stat) =>
        error ? done(error, undefined as never) : done(null, { ...factsOf(stat), text: data?.toString('utf8') ?? '' }),
      ),
    )
  }

  /** The metadata of a node, or undefined. `changed` is called once, when it is created, changed or removed. */
  look(path: string, changed?: () => void): Promise<NodeFacts | undefined> {
    const watch = changed as () => void
    return this.#call(`look at ${path}`, (done) =>
      this.#client.exists(path, watch, (error, stat: Stat | null) => done(error, stat ? factsOf(stat) : undefined)),
    )
  }

  /** Resolves if the server answers. */
  ping(): Promise<unknown> {
    return this.#call('ping', (done) => this.#client.exists('/', done))
  }

  /** Creates a node and returns its path, which ends with a number if the mode is `sequential`. */
  create(path: string, text: string, mode: keyof typeof modes): Promise<string> {
    return this.#call(`create ${path}`, (done) => this.#client.create(path, Buffer.from(text), modes[mode], done))
  }

  /** Replaces a node by an ephemeral one in one transaction, so no reader sees the node missing. */
  replace(path: string, text: string): Promise<unknown> {
    return this.#call(`replace ${path}`, (done) =>
      this.#client.transaction().remove(path).create(path, Buffer.from(text), modes.ephemeral).commit(done),
    )
  }

  write(path: string, text: string): Promise<unknown> {
    return this.#call(`write ${path}`, (done) => this.#client.setData(path, Buffer.from(text), done))
  }

  remove(path: string): Promise<unknown> {
    return this.#call(`remove ${path}`, (done) => this.#client.remove(path, (error) => done(error, undefined)))
  }

  /** Ends the session, and calls `ended` when the server has confirmed it. Returns false if there is no connection. */
  leave(ended: () => void): boolean {
    if (!this.#connected) return false
    this.#client.removeAllListeners('state')
    this.#client.on('state', () => ended())
    this.#client.close()
    return true
  }

  /** Closes the connection at once. The session stays until its timeout, or until another client resumes it. */
  discard(): void {
    this.#discarded = true
    this.#connected = false
    this.#client.removeAllListeners('state')
    this.#release()
    for (const end of this.#pending) end(new ZooKeeperError('the client', 'DISCARDED'))
    this.#pending.clear()
  }

  #call<T>(what: string, begin: (done: OperationCallback<T>) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#discarded) throw new ZooKeeperError(what, 'DISCARDED')
      this.#pending.add(reject)
      begin((error, value) => {
        this.#pending.delete(reject)
        if (error) reject(new ZooKeeperError(what, error.name, error))
        else resolve(value)
      })
    })
  }
}

function factsOf({ ephemeralOwner, czxid }: Stat): NodeFacts {
  const owner = ephemeralOwner.toString('hex')
  return { owner: /^0+$/.test(owner) ? 'persistent' : owner, creation: czxid.toString('hex') }
}
