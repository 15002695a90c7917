/**
 * An ephemeral node of ours: found, or made.
 *
 * A node that is there already may be ours: of this session where the answer to `create` was lost, of a session of ours
 * before, or of our own process before a restart, which has the same target. That is replaced in one transaction, so that
 * nobody sees the member go. One of somebody else is not touched. Once ours has stood, one that another puts in its place
 * is somebody else's whatever its target: two processes of one address would take it from each other for ever.
 */
import type { ZooKeeperClient } from './client.ts'
import { targetOf } from './member-data.ts'
import { below } from './options.ts'
import { ZooKeeperError } from './zookeeper-error.ts'

/** What stands: our node, `fresh` with the data it was just given or with what it had; or a node of somebody else. */
export type EnsuredNode =
  | { readonly path: string; readonly fresh: boolean }
  | { readonly path: string; readonly heldBy: string }

export interface OwnNode {
  /** Sees to it that the node stands, and has seen it so. `touched` is called when it changes or goes. */
  ensure(client: ZooKeeperClient, data: string, touched: () => void): Promise<EnsuredNode>
}

/** A node by a name of its own. */
export class NamedNode implements OwnNode {
  readonly #path: string
  /** The sessions it may be bound to. */
  readonly #sessions = new Set<string>()
  #stood = false

  constructor(folder: string, name: string) {
    this.#path = below(folder, name)
  }

  async ensure(client: ZooKeeperClient, data: string, touched: () => void): Promise<EnsuredNode> {
    const path = this.#path
    this.#sessions.add(client.sessionId)
    for (let fresh = false; ; ) {
      const facts = await client.look(path, touched)
      if (facts?.owner === client.sessionId) {
        this.#stood = true
        return { path, fresh }
      }
      // What came or went since the look is seen by the next one.
      let done: unknown
      if (facts === undefined) done = await unless('NODE_EXISTS', create(client, path, data, 'ephemeral'))
      else if (await this.#isOurs(client, facts.owner, data)) done = await unless('NO_NODE', client.replace(path, data))
      else return { path, heldBy: facts.owner }
      fresh = done !== undefined
    }
  }

  /** Whether it is of a session of ours before this one, or what our process left before it was started again. */
  async #isOurs(client: ZooKeeperClient, owner: string, data: string): Promise<boolean> {
    if (this.#sessions.has(owner)) return true
    if (this.#stood || owner === 'persistent') return false
    const past = await unless('NO_NODE', client.read(this.#path))
    return past === undefined || targetOf(past.text) === targetOf(data)
  }
}

/** A node by a name with a number that the servers put behind it: it is in nobody's way. */
export class NumberedNode implements OwnNode {
  readonly #folder: string
  readonly #name: string
  readonly #sessions = new Set<string>()
  #path: string | undefined = undefined

  constructor(folder: string, name: string) {
    this.#folder = folder
    this.#name = name
  }

  async ensure(client: ZooKeeperClient, data: string, touched: () => void): Promise<EnsuredNode> {
    this.#sessions.add(client.sessionId)
    for (let fresh = false; ; ) {
      const path = this.#path
      if (path !== undefined && (await client.look(path, touched))?.owner === client.sessionId) return { path, fresh }
      this.#path = await this.#find(client)
      fresh = this.#path === undefined
      this.#path ??= await create(client, below(this.#folder, `${this.#name}-`), data, 'sequential')
    }
  }

  /** One of this session: the answer to `create` may have been lost. Those of sessions before are removed. */
  async #find(client: ZooKeeperClient): Promise<string | undefined> {
    let own: string | undefined
    for (const name of await this.#alike(client)) {
      const path = below(this.#folder, name)
      const facts = await client.look(path)
      if (facts?.owner === client.sessionId) own = path
      else if (facts !== undefined && this.#sessions.has(facts.owner)) await unless('NO_NODE', client.remove(path))
    }
    return own
  }

  async #alike(client: ZooKeeperClient): Promise<readonly string[]> {
    const prefix = `${this.#name}-`
    const names = (await unless('NO_NODE', client.children(this.#folder))) ?? []
    return names.filter((name) => name.startsWith(prefix) && /^\d{10}$/.test(name.slice(prefix.length)))
  }
}

/** Makes a node, and those above it where they are not there. */
async function create(
  client: ZooKeeperClient,
  path: string,
  data: string,
  mode: 'ephemeral' | 'sequential',
): Promise<string> {
  const made = await unless('NO_NODE', client.create(path, data, mode))
  if (made !== undefined) return made
  for (let end = path.indexOf('/', 1); end > 0; end = path.indexOf('/', end + 1)) {
    await unless('NODE_EXISTS', client.create(path.slice(0, end), '', 'persistent'))
  }
  return client.create(path, data, mode)
}

/** What an operation gives; undefined where it failed by `code`. */
async function unless<T>(code: string, operation: Promise<T>): Promise<T | undefined> {
  try {
    return await operation
  } catch (error) {
    if (error instanceof ZooKeeperError && error.code === code) return undefined
    throw error
  }
}
