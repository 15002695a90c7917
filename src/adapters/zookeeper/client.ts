/**
 * One connection to one server, by node-zookeeper-client, with promises: the only file that knows that package.
 *
 * An operation of the package waits for ever while no server answers; here all that are out fail when the client is
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
 * What becomes of a client. `ended`: its connection has, or has not come about; `expired`: its session; `refused`: its
 * credentials are; `unreadable`: what it was sent. After each of these it is of no more use.
 */
export type ZooKeeperClientState = 'connected' | 'ended' | 'expired' | 'refused' | 'unreadable'

/** A session that another client can go on with. */
export interface Session {
  readonly sessionId: Buffer
  readonly sessionPassword: Buffer
}

/** What is known of a node. */
export interface NodeFacts {
  /** The session it lives as long as, in hexadecimal; `persistent` where it is bound to none. */
  readonly owner: string
  /** The transaction that made it, in hexadecimal: later ones sort later. */
  readonly creation: string
}

export interface ZooKeeperClientOptions {
  /** `host:port`, and the path that stands for the root, where there is one. */
  readonly server: string
  /** In ms; the servers may make it another. */
  readonly sessionTimeout: number
  readonly auth: { readonly scheme: string; readonly credentials: string } | undefined
  /** The session to go on with. */
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
  /** Ends what is out. */
  readonly #out = new Set<(error: Error) => void>()
  #connected = false
  #discarded = false

  constructor(
    { server, sessionTimeout, auth, session }: ZooKeeperClientOptions,
    seen: (state: ZooKeeperClientState, error?: unknown) => void,
  ) {
    const options: Partial<Option> = { sessionTimeout, retries: 0, ...session }
    const client = createClient(server, options)
    this.#client = client
    if (auth !== undefined) client.addAuthInfo(auth.scheme, Buffer.from(auth.credentials))
    client.on('state', (state: State) => {
      this.#connected = state === State.SYNC_CONNECTED
      if (this.#connected) seen('connected')
      if (state === State.EXPIRED) seen('expired')
      if (state === State.AUTH_FAILED) seen('refused')
    })
    client.connect()
    this.#release = patchClient(client, {
      ended: () => seen('ended'),
      unreadable: (error) => seen('unreadable', error),
    })
  }

  get session(): Session {
    return { sessionId: this.#client.getSessionId(), sessionPassword: this.#client.getSessionPassword() }
  }

  /** The session's number, in hexadecimal. */
  get sessionId(): string {
    return this.#client.getSessionId().toString('hex')
  }

  /** What the servers made of the session's timeout, in ms. */
  get sessionTimeout(): number {
    return this.#client.getSessionTimeout()
  }

  // A watch that is left out is passed on as such, which the types of the package do not know.

  /** The names below a path. `changed` is called once, when one comes or goes. */
  children(path: string, changed?: () => void): Promise<readonly string[]> {
    const watch = changed as () => void
    return this.#call<string[]>(`children of ${path}`, (done) => this.#client.getChildren(path, watch, done))
  }

  /** The data of a node. `changed` is called once, when it changes or the node goes. */
  read(path: string, changed?: (event: { readonly path: string }) => void): Promise<NodeFacts & { text: string }> {
    const watch = changed as () => void
    return this.#call(`data of ${path}`, (done) =>
      this.#client.getData(path, watch, (error, data: Buffer | undefined, stat) =>
        error ? done(error, undefined as never) : done(null, { ...factsOf(stat), text: data?.toString('utf8') ?? '' }),
      ),
    )
  }

  /** What is known of a node, or undefined. `changed` is called once, when it comes, changes or goes. */
  look(path: string, changed?: () => void): Promise<NodeFacts | undefined> {
    const watch = changed as () => void
    return this.#call(`look at ${path}`, (done) =>
      this.#client.exists(path, watch, (error, stat: Stat | null) => done(error, stat ? factsOf(stat) : undefined)),
    )
  }

  /** Whether a server answers. */
  ping(): Promise<unknown> {
    return this.#call('ping', (done) => this.#client.exists('/', done))
  }

  /** Makes a node and gives its path, which has a number at its end where the mode is `sequential`. */
  create(path: string, text: string, mode: keyof typeof modes): Promise<string> {
    return this.#call(`create ${path}`, (done) => this.#client.create(path, Buffer.from(text), modes[mode], done))
  }

  /** Makes an ephemeral node in the place of the one that is there, in one transaction: nobody sees neither. */
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

  /** Ends the session, and calls `ended` when the server has. Gives false where no server can be told. */
  leave(ended: () => void): boolean {
    if (!this.#connected) return false
    this.#client.removeAllListeners('state')
    this.#client.on('state', () => ended())
    this.#client.close()
    return true
  }

  /** Lets go of the connection at once. The session lives on until its time is over, or another client goes on with it. */
  discard(): void {
    this.#discarded = true
    this.#connected = false
    this.#client.removeAllListeners('state')
    this.#release()
    for (const end of this.#out) end(new ZooKeeperError('the client', 'DISCARDED'))
    this.#out.clear()
  }

  #call<T>(what: string, begin: (done: OperationCallback<T>) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#discarded) throw new ZooKeeperError(what, 'DISCARDED')
      this.#out.add(reject)
      begin((error, value) => {
        this.#out.delete(reject)
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
