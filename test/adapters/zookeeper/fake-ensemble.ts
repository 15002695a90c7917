/**
 * ZooKeeper in memory, behind the face of node-zookeeper-client: servers that serve, refuse, freeze and die, sessions,
 * ephemeral nodes, watches that fire once. What takes no time there takes one turn of the promises here.
 *
 *   vi.mock('node-zookeeper-client', async (original) => (await import('./fake-ensemble.ts')).mockedPackage(original as never))
 */
import { EventEmitter } from 'node:events'
import type * as ZooKeeper from 'node-zookeeper-client'

type Callback = (error: unknown, ...values: unknown[]) => void
type Watch = (event: { path: string }) => void

interface Node {
  data: Buffer
  /** The session it is bound to; 0 for none. */
  owner: number
  creation: number
}

/** `frozen` keeps its sockets and says nothing. */
export type ServerState = 'serves' | 'refuses' | 'frozen'

const codes = { CONNECTION_LOSS: -4, NO_NODE: -101, NO_AUTH: -102, NODE_EXISTS: -110 } as const
const failure = (name: string) => Object.assign(new Error(name), { name, code: codes[name as keyof typeof codes] })
const eight = (number: number): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(number))
  return bytes
}
const above = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/'
const soon = (what: () => void): void => void Promise.resolve().then(what)

export class FakeEnsemble {
  readonly nodes = new Map<string, Node>([['/', { data: Buffer.alloc(0), owner: 0, creation: 0 }]])
  readonly servers = new Map<string, ServerState>()
  readonly clients = new Set<FakeClient>()
  /** Living sessions. */
  readonly sessions = new Set<number>()
  /** Servers that were connected to, in order. */
  readonly connects: string[] = []
  /** Operations, as `getData /a`. */
  readonly operations: string[] = []
  readonly auths: string[] = []
  /** Operations that fail, by what `operations` says. */
  readonly failing = new Map<string, string>()
  /** Called before an operation is carried out. */
  before: (operation: string) => void = () => {}
  /** Called when one has been answered, before who asked can act on it. */
  after: (operation: string) => void = () => {}
  /** What servers make of a session's timeout. */
  negotiated: number | undefined = undefined
  #transactions = 0
  #sessions = 0

  next(): number {
    return ++this.#transactions
  }

  newSession(): number {
    return ++this.#sessions
  }

  data(path: string): string | undefined {
    return this.nodes.get(path)?.data.toString()
  }

  /** The nodes below a path. */
  below(path: string): readonly string[] {
    return [...this.nodes.keys()]
      .filter((each) => each !== '/' && above(each) === path)
      .map((each) => each.slice(path.length).replace(/^\//, ''))
  }

  put(path: string, data: string, owner = 0): void {
    if (!this.nodes.has(above(path))) this.put(above(path), '')
    const known = this.nodes.get(path)
    this.nodes.set(path, {
      data: Buffer.from(data),
      owner: known?.owner ?? owner,
      creation: known?.creation ?? this.next(),
    })
    this.#fire('data', path)
    if (known !== undefined) return
    this.#fire('existence', path)
    this.#fire('child', above(path))
  }

  remove(path: string): void {
    this.nodes.delete(path)
    this.#fire('data', path)
    this.#fire('child', path)
    this.#fire('child', above(path))
  }

  /** Ends a session, as when its time is over. */
  expire(session: number): void {
    this.sessions.delete(session)
    for (const [path, { owner }] of this.nodes) if (owner === session) this.remove(path)
    for (const client of this.clients) if (client.session === session) client.drop()
  }

  /** Sets the state of all servers, or of one. */
  turn(state: ServerState, one?: string): void {
    for (const server of one === undefined ? this.servers.keys() : [one]) this.servers.set(server, state)
    if (state === 'refuses')
      for (const client of this.clients) if (one === undefined || client.server === one) client.drop()
  }

  state(server: string): ServerState {
    return this.servers.get(server) ?? 'serves'
  }

  #fire(kind: string, path: string): void {
    for (const client of this.clients) client.fire(`${kind} ${path}`, path)
  }
}

export class FakeClient extends EventEmitter {
  session = 0
  timeout: number
  readonly server: string
  readonly #root: string
  readonly #ensemble: FakeEnsemble
  readonly #states: typeof ZooKeeper.State
  readonly #resumes: number
  #connected = false
  #open = false
  readonly #pending = new Set<Callback>()
  readonly #watches = new Map<string, Set<Watch>>()
  readonly connectionManager = {
    socket: { destroy: () => this.drop() },
    connectTimeout: 0,
    connect: () => this.#connect(),
    onSocketConnected: () => {},
    onSocketData: () => {
      throw new Error('Unknown code: -127')
    },
  }

  constructor(
    ensemble: FakeEnsemble,
    states: typeof ZooKeeper.State,
    connect: string,
    options: Record<string, unknown>,
  ) {
    super()
    this.#ensemble = ensemble
    this.#states = states
    const [server = '', ...root] = connect.split('/')
    this.server = server
    this.#root = root.length > 0 ? `/${root.join('/')}` : ''
    this.timeout = options['sessionTimeout'] as number
    const id = options['sessionId'] as Buffer | undefined
    this.#resumes = id === undefined ? 0 : Number(id.readBigUInt64BE())
  }

  connect(): void {
    this.connectionManager.connect()
  }

  getSessionId = (): Buffer => eight(this.session)
  getSessionPassword = (): Buffer => Buffer.alloc(16, 1)
  getSessionTimeout = (): number => this.timeout
  addAuthInfo = (scheme: string, auth: Buffer): void => void this.#ensemble.auths.push(`${scheme} ${auth.toString()}`)

  close(): void {
    if (this.#ensemble.state(this.server) !== 'serves') return
    this.#connected = false
    soon(() => {
      this.#ensemble.expire(this.session)
      this.#end()
      this.emit('state', this.#states.DISCONNECTED)
    })
  }

  /** The connection ends. */
  drop(): void {
    if (!this.#open) return
    const was = this.#connected
    this.#end()
    soon(() => {
      if (was) this.emit('state', this.#states.DISCONNECTED)
      this.connectionManager.connect()
    })
  }

  refuse(): void {
    this.emit('state', this.#states.AUTH_FAILED)
  }

  fire(key: string, path: string): void {
    if (!this.#connected || this.#ensemble.state(this.server) === 'frozen') return
    const watches = this.#watches.get(key) ?? []
    this.#watches.delete(key)
    for (const watch of watches) soon(() => watch({ path: path.slice(this.#root.length) }))
  }

  exists(path: string, watch?: unknown, done?: unknown): void {
    this.#do('exists', path, watch, done, (full, note) => {
      const node = this.#ensemble.nodes.get(full)
      note(node === undefined ? 'existence' : 'data')
      return [node === undefined ? null : this.#stat(node)]
    })
  }

  getData(path: string, watch?: unknown, done?: unknown): void {
    this.#do('getData', path, watch, done, (full, note) => {
      const node = this.#node(full)
      note('data')
      return [node.data.length === 0 ? undefined : node.data, this.#stat(node)]
    })
  }

  getChildren(path: string, watch?: unknown, done?: unknown): void {
    this.#do('getChildren', path, watch, done, (full, note) => {
      this.#node(full)
      note('child')
      // In no order, as of servers.
      return [[...this.#ensemble.below(full)].reverse()]
    })
  }

  create(path: string, data: Buffer, mode: number, done: Callback): void {
    this.#do('create', path, undefined, done, (full) => [this.#made(full, data, mode)])
  }

  setData(path: string, data: Buffer, done: Callback): void {
    this.#do('setData', path, undefined, done, (full) => {
      this.#node(full)
      this.#ensemble.put(full, data.toString())
      return []
    })
  }

  remove(path: string, done: Callback): void {
    this.#do('remove', path, undefined, done, (full) => {
      this.#node(full)
      this.#ensemble.remove(full)
      return []
    })
  }

  transaction() {
    let [removed, made]: [string, Buffer] = ['', Buffer.alloc(0)]
    const all = {
      remove: (path: string) => {
        removed = path
        return all
      },
      create: (_: string, data: Buffer) => {
        made = data
        return all
      },
      commit: (done: Callback) =>
        this.#do('replace', removed, undefined, done, (full) => {
          this.#node(full)
          this.#ensemble.nodes.delete(full)
          this.#ensemble.put(full, made.toString(), this.session)
          return [[]]
        }),
    }
    return all
  }

  #connect(): void {
    this.#open = true
    this.#ensemble.clients.add(this)
    this.#ensemble.connects.push(this.server)
    soon(() => {
      if (!this.#open) return
      const state = this.#ensemble.state(this.server)
      if (state === 'frozen') return
      if (state === 'refuses') {
        this.drop()
        return
      }
      if (this.#resumes !== 0 && !this.#ensemble.sessions.has(this.#resumes)) {
        this.emit('state', this.#states.EXPIRED)
        return
      }
      this.session = this.#resumes || this.#ensemble.newSession()
      this.#ensemble.sessions.add(this.session)
      this.timeout = this.#ensemble.negotiated ?? this.timeout
      this.#connected = true
      this.emit('state', this.#states.SYNC_CONNECTED)
    })
  }

  #end(): void {
    this.#open = this.#connected = false
    this.#ensemble.clients.delete(this)
    for (const done of this.#pending) soon(() => done(failure('CONNECTION_LOSS')))
    this.#pending.clear()
  }

  #made(path: string, data: Buffer, mode: number): string {
    this.#node(above(path))
    const full = mode === 3 ? path + String(this.#ensemble.next()).padStart(10, '0') : path
    if (this.#ensemble.nodes.has(full)) throw failure('NODE_EXISTS')
    this.#ensemble.put(full, data.toString(), mode === 0 ? 0 : this.session)
    return full.slice(this.#root.length)
  }

  #node(path: string): Node {
    const node = this.#ensemble.nodes.get(path)
    if (node === undefined) throw failure('NO_NODE')
    return node
  }

  #stat({ owner, creation }: Node) {
    return { ephemeralOwner: eight(owner), czxid: eight(creation) }
  }

  #do(
    what: string,
    path: string,
    watch: unknown,
    given: unknown,
    body: (full: string, note: (kind: string) => void) => unknown[],
  ): void {
    const done = (given ?? watch) as Callback
    const full = (this.#root + path).replace(/(.)\/$/, '$1')
    const operation = `${what} ${path}`
    this.#ensemble.operations.push(operation)
    this.#pending.add(done)
    const note = (kind: string): void => {
      if (given === undefined || typeof watch !== 'function') return
      const key = `${kind} ${full}`
      const watches = this.#watches.get(key) ?? new Set()
      this.#watches.set(key, watches.add(watch as Watch))
    }
    soon(() => {
      if (!this.#connected || this.#ensemble.state(this.server) !== 'serves' || !this.#pending.delete(done)) return
      this.#ensemble.before(operation)
      const fails = this.#ensemble.failing.get(operation)
      try {
        if (fails !== undefined) throw failure(fails)
        const values = body(full, note)
        soon(() => {
          done(null, ...values)
          this.#ensemble.after(operation)
        })
      } catch (error) {
        soon(() => done(error))
      }
    })
  }
}

let current: FakeEnsemble

/** Makes the ensemble that clients connect to from now on: a new one for each test. */
export function freshEnsemble(): FakeEnsemble {
  current = new FakeEnsemble()
  return current
}

/** The mock of node-zookeeper-client: its clients connect to the current ensemble. */
export async function mockedPackage(original: () => Promise<typeof ZooKeeper>) {
  const real = await original()
  const createClient = (connect: string, options: Record<string, unknown>) =>
    new FakeClient(current, real.State, connect, options)
  return { ...real, createClient }
}
