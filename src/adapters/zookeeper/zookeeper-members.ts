/**
 * Members from the children of a node: the data of each child describes one member.
 *
 * Children and their data are watched, and read again on each change and each connection. Without a connection the list stays
 * as it was: an unreachable registry is no statement about the members. Of two children for the same member the younger one
 * counts, since a dead session left the other.
 */
import { functionOf, optional, resolveOptions, show } from '../../core/options.ts'
import type { MemberOptions } from '../../failover/options.ts'
import { pollChecks } from '../../failover/sources/polled.ts'
import type { MemberSink, MemberSource, MemberWatch } from '../../failover/sources/source.ts'
import type { ZooKeeperClient } from './client.ts'
import { ConnectionWork } from './connection-work.ts'
import { memberIn, nameOf } from './member-data.ts'
import { below, type ConnectOptions, connectChecks, pathCheck } from './options.ts'
import { SessionKeeper } from './session-keeper.ts'
import { ZooKeeperError } from './zookeeper-error.ts'

export interface ZooKeeperMembersOptions<Target = string> extends ConnectOptions {
  /** The node whose children are the members. If it does not exist, the source waits for it. */
  readonly path: string
  /** Members until the first answer. Default: none. */
  readonly initial?: readonly (Target | MemberOptions<Target>)[]
  /**
   * Reads a member, as a target or a record with a `target`, from a child. Default: JSON of a record with a `target`, or the
   * target as text.
   */
  readonly read?: (child: { readonly name: string; readonly data: string }) => unknown
}

interface ChildNode {
  readonly name: string
  readonly data: string
}

interface KnownChild {
  readonly data: string
  readonly creation: string
  /** The member and its name; undefined if the data is invalid. */
  readonly member: { readonly name: string; readonly given: unknown } | undefined
}

/**
 * The children of a ZooKeeper node as members of a pool.
 *
 * ```ts
 * import { failoverPool } from 'holdfast/failover'
 * import { zookeeperMembers } from 'holdfast/zookeeper'
 * const api = failoverPool(zookeeperMembers({ connect: 'zoo1:2181,zoo2:2181', path: '/services/api' }))
 * api.close()
 * ```
 *
 * @throws TypeError if an option is invalid.
 */
export function zookeeperMembers<Target = string>(options: ZooKeeperMembersOptions<Target>): MemberSource<Target> {
  const { initial, path, read, ...rules } = resolveOptions('zookeeperMembers', options, {
    ...connectChecks,
    path: pathCheck,
    initial: pollChecks.initial,
    read: optional(functionOf<(child: ChildNode) => unknown>(), ({ data }: ChildNode) => memberIn(data)),
  })
  return {
    kind: 'zookeeper',
    initial,
    watch(sink) {
      const children = new WatchedChildren(path, read, sink)
      const keeper = new SessionKeeper(rules, sink.clock, sink.random, children)
      return children.watch(keeper)
    },
  }
}

class WatchedChildren {
  readonly #path: string
  readonly #read: (child: ChildNode) => unknown
  readonly #sink: MemberSink
  readonly #work: ConnectionWork
  readonly #known = new Map<string, KnownChild>()
  /** Children whose data must be read again. */
  readonly #changed = new Set<string>()
  /** It has been reported that the node does not exist. */
  #missing = false
  readonly #begin = (): void => this.#work.begin()
  readonly #dataChanged = ({ path }: { readonly path: string }): void => {
    this.#changed.add(path.slice(path.lastIndexOf('/') + 1))
    this.#work.begin()
  }

  constructor(path: string, read: (child: ChildNode) => unknown, sink: MemberSink) {
    this.#path = path
    this.#read = read
    this.#sink = sink
    this.#work = new ConnectionWork(
      sink.clock,
      sink.random,
      (client) => this.#look(client),
      (error) => sink.failed(error),
    )
  }

  connected(client: ZooKeeperClient): void {
    // The watches of the last connection are lost, and so are the changes since.
    for (const name of this.#known.keys()) this.#changed.add(name)
    this.#work.use(client)
  }

  disconnected(): void {
    this.#work.use(undefined)
  }

  failed(error: unknown): void {
    this.#sink.failed(error)
  }

  watch(keeper: SessionKeeper): MemberWatch {
    return {
      close: () => {
        this.#work.use(undefined)
        return keeper.close()
      },
    }
  }

  async #look(client: ZooKeeperClient): Promise<void> {
    const names = await this.#names(client)
    if (names === undefined) return
    const present = new Set(names)
    for (const name of this.#known.keys()) if (!present.has(name)) this.#known.delete(name)
    for (const name of this.#changed) if (!present.has(name)) this.#changed.delete(name)
    await Promise.all(
      names.filter((name) => this.#changed.has(name) || !this.#known.has(name)).map((name) => this.#see(client, name)),
    )
    this.#sink.update(this.#members())
  }

  /** The names of the children. Undefined while the node does not exist. */
  async #names(client: ZooKeeperClient): Promise<readonly string[] | undefined> {
    try {
      const names = await client.children(this.#path, this.#begin)
      this.#missing = false
      return names
    } catch (error) {
      if ((error as ZooKeeperError).code !== 'NO_NODE') throw error
      if (!this.#missing) this.#sink.failed(new ZooKeeperError(`${this.#path} does not exist yet`, 'NO_NODE'))
      this.#missing = true
      // It may have been created since.
      if ((await client.look(this.#path, this.#begin)) !== undefined) this.#begin()
      return undefined
    }
  }

  async #see(client: ZooKeeperClient, name: string): Promise<void> {
    this.#changed.delete(name)
    try {
      const { text: data, creation } = await client.read(below(this.#path, name), this.#dataChanged)
      const known = this.#known.get(name)
      if (known?.data === data && known.creation === creation) return
      this.#known.set(name, { data, creation, member: this.#parsed(name, data) })
    } catch (error) {
      // It was removed in between.
      if ((error as ZooKeeperError).code === 'NO_NODE') this.#known.delete(name)
      else {
        this.#changed.add(name)
        throw error
      }
    }
  }

  #parsed(name: string, data: string): KnownChild['member'] {
    try {
      const given = this.#read({ name, data })
      return { name: nameOf(given), given }
    } catch (error) {
      const why = error instanceof Error ? error.message : show(error)
      const where = below(this.#path, name)
      this.#sink.failed(new TypeError(`zookeeper: ${where} is left out: ${why}`, { cause: error }))
      return undefined
    }
  }

  /** In order of age; of children with the same name the youngest, in the place of the first. */
  #members(): readonly unknown[] {
    const members = new Map<string, unknown>()
    const children = [...this.#known.values()].sort((a, b) => (a.creation < b.creation ? -1 : 1))
    for (const { member } of children) if (member !== undefined) members.set(member.name, member.given)
    return [...members.values()]
  }
}
