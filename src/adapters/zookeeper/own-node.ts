/**
 * The ephemeral node of this process: found or created.
 *
 * An existing node may be its own: from this session if the answer to `create` was lost, from an earlier session, or from the
 * same process before a restart, which had the same target. Such a node is replaced in one transaction, so no reader sees the
 * member missing. A node of another process is not touched. Once the own node has existed, a node that replaces it belongs to
 * another process whatever its target: otherwise two processes with one address would take it from each other for ever.
 */
import type { ZooKeeperClient } from './client.ts'
import { targetOf } from './member-data.ts'
import { below } from './options.ts'
import { ZooKeeperError } from './zookeeper-error.ts'

/** The existing node: the own one, `fresh` if it was just written with the data, or one of another owner. */
export type EnsuredNode =
  | { readonly path: string; readonly fresh: boolean }
  | { readonly path: string; readonly heldBy: string }

export interface OwnNode {
  /** Ensures that the node exists, and verifies it. `touched` is called when it changes or is removed. */
  ensure(client: ZooKeeperClient, data: string, touched: () => void): Promise<EnsuredNode>
}

/** A node with a fixed name. */
export class NamedNode implements OwnNode {
  readonly #path: string
  /** The sessions that may own it. */
  readonly #sessions = new Set<string>()
  #existed = false

  constructor(folder: string, name: string) {
    this.#path = below(folder, name)
  }

  async ensure(client: ZooKeeperClient, data: string, touched: () => void): Promise<EnsuredNode> {
    const path = this.#path
    this.#sessions.add(client.sessionId)
    for (let fresh = false; ; ) {
      const facts = await client.look(path, touched)
      if (facts?.owner === client.sessionId) {
        this.#existed = true
        return { path, fresh }
      }
      // A change since `look` is detected by the next one.
      let done: unknown
      if (facts === undefined) done = await unless('NODE_EXISTS', create(client, path, data, 'ephemeral'))
      else if (await this.#isOurs(client, facts.owner, data)) done = await unless('NO_NODE', client.replace(path, data))
      else return { path, heldBy: facts.owner }
      fresh = done !== undefined
    }
  }

  /** Whether it is from an earlier session of this process, or from the process before a restart. */
  async #isOurs(client: ZooKeeperClient, owner: string, data: string): Promise<boolean> {
    if (this.#sessions.has(owner)) return true
    if (this.#existed || owner === 'persistent') return false
    const past = await unless('NO_NODE', client.read(this.#path))
    return past === undefined || targetOf(past.text) === targetOf(data)
  }
}

/** A node whose name ends with a number from the servers, so it conflicts with no other. */
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

  /** A node of this session, since the answer to `create` may have been lost. Those of earlier sessions are removed. */
  async #find(client: ZooKeeperClient): Promise<string | undefined> {
    let own: string | undefined
    for (const name of await this.#candidates(client)) {
      const path = below(this.#folder, name)
      const facts = await client.look(path)
      if (facts?.owner === client.sessionId) own = path
      else if (facts !== undefined && this.#sessions.has(facts.owner)) await unless('NO_NODE', client.remove(path))
    }
    return own
  }

  async #candidates(client: ZooKeeperClient): Promise<readonly string[]> {
    const prefix = `${this.#name}-`
    const names = (await unless('NO_NODE', client.children(this.#folder))) ?? []
    return names.filter((name) => name.startsWith(prefix) && /^\d{10}$/.test(name.slice(prefix.length)))
  }
}

/** Creates a node, and its missing parents. */
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

/** The result of an operation. Undefined if it failed with `code`. */
async function unless<T>(code: string, operation: Promise<T>): Promise<T | undefined> {
  try {
    return await operation
  } catch (error) {
    if (error instanceof ZooKeeperError && error.code === code) return undefined
    throw error
  }
}
