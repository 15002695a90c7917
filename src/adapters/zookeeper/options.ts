/** Options of the connection to ZooKeeper, and paths in it. */

import type { Duration } from '../../core/duration.ts'
import { type Check, duration, type Fail, isRecord, optional, text } from '../../core/options.ts'

export interface ConnectOptions {
  /** The servers, `'host:port,host:port'`, optionally followed by a root path. The default port is 2181. */
  readonly connect: string
  /**
   * The session timeout. The servers limit it, by default to 2 to 20 of their ticks of 2 s. Ephemeral nodes are removed 0.7 to
   * 1.2 timeouts after their owner died. Default 10 s.
   */
  readonly sessionTimeout?: Duration
  /** Credentials, as of `digest` and `user:password`. Default: none. */
  readonly auth?: { readonly scheme: string; readonly credentials: string }
}

/** The servers to connect to. */
export interface Ensemble {
  /** Each as `host:port`. */
  readonly servers: readonly string[]
  /** The root path; empty if there is none. */
  readonly root: string
}

export interface ResolvedConnectOptions {
  readonly connect: Ensemble
  readonly sessionTimeout: number
  readonly auth: { readonly scheme: string; readonly credentials: string } | undefined
}

const server = /^[^\s:,/]+(:\d+)?$/

const connectCheck: Check<Ensemble> = (value, fail) => {
  const [, list = '', path = ''] = /^([^/]*)(\/.*)?$/.exec(typeof value === 'string' ? value : '') ?? []
  const servers = list.split(',')
  const root = path === '/' ? '' : path
  const fine = servers.every((each) => server.test(each)) && (root === '' || isPath(root))
  return fine ? { servers, root } : fail("servers as 'host:port,host:port'")
}

const authCheck: Check<{ readonly scheme: string; readonly credentials: string }> = (value, fail) => {
  const refuse: Fail = () => fail('a record of scheme and credentials')
  if (!isRecord(value)) return refuse('')
  return { scheme: text(value['scheme'], refuse), credentials: text(value['credentials'], refuse) }
}

/** Whether a text is the path of a node. */
function isPath(value: string): boolean {
  return value === '/' || /^(\/(?!\.{1,2}(\/|$))[^/\0]+)+$/.test(value)
}

export const pathCheck: Check<string> = (value, fail) =>
  typeof value === 'string' && isPath(value) ? value : fail("a path as '/services/shop'")

/** The name of a node. */
export const nameCheck: Check<string> = (value, fail) =>
  typeof value === 'string' && value !== '' && isPath(`/${value}`) && !value.includes('/')
    ? value
    : fail("a name without '/'")

export const connectChecks = {
  connect: connectCheck,
  sessionTimeout: optional(duration('> 0'), 10_000 as number),
  auth: optional(authCheck, undefined),
}

/** The path of a node below another. */
export function below(path: string, name: string): string {
  return path === '/' ? `/${name}` : `${path}/${name}`
}
