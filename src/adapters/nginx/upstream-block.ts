/**
 * An `upstream` block of Nginx, as text.
 *
 * Invariant: the same servers give the same text, and each word of it is checked, so that Nginx reads it as it was meant or
 * this refuses to write it. Nginx takes whole weights from 1: weights that are not whole are scaled so that the greatest is
 * 100; whole ones stay as they are, for they decide the order of turns and the ring of `hash … consistent`.
 */
import type { Duration } from '../../core/duration.ts'
import { boolean, type Check, duration, finite, integer, optional, resolveOptions } from '../../core/options.ts'
import { addressCheck } from './address.ts'

/** One server of an upstream. */
export interface UpstreamServer {
  /**
   * An address as Nginx takes it, a URL, whose host and port count, or a record with `host` and perhaps `port`. Nginx refuses
   * its configuration where a host name does not resolve when it is read.
   */
  readonly target: unknown
  /** Its share, >= 0. Default 1. One of weight 0 is down, unless all are 0. */
  readonly weight?: number | undefined
  /** It gets nothing. Default false. */
  readonly down?: boolean | undefined
  /** Used only where all that are not backup are unavailable. Default false. */
  readonly backup?: boolean | undefined
}

/** What holds for all servers of an upstream. */
export interface UpstreamRules {
  /** The name that `proxy_pass` uses: letters, digits, and any of `-_.` */
  readonly upstream: string
  /** Further directives of the block, without their `;`, such as `'least_conn'` or `'keepalive 32'`. Default: none. */
  readonly directives?: readonly string[] | undefined
  /** Nginx's `max_fails`, an integer >= 0; 0 leaves judging to the pool. Default: Nginx's own, 1. */
  readonly maxFails?: number | undefined
  /** Nginx's `fail_timeout`, rounded up to whole seconds. Default: Nginx's own, 10 s. */
  readonly failTimeout?: Duration | undefined
}

export interface UpstreamBlockOptions extends UpstreamRules {
  readonly servers: readonly UpstreamServer[]
}

const greatest = 100

const nameCheck: Check<string> = (value, fail) =>
  typeof value === 'string' && /^[\w.-]+$/.test(value) ? value : fail('a name of letters, digits, and any of -_.')

/** No quote, comment, brace or end of a directive. */
const directive = /^[a-z_]+(?: [\w$:./=~@%-]+)*$/
/** Nginx refuses `backup` beside these. */
const withoutBackup = /^(?:hash|ip_hash|random)\b/

const directivesCheck: Check<readonly string[]> = (value, fail) =>
  Array.isArray(value) && value.every((each) => typeof each === 'string' && directive.test(each))
    ? [...value]
    : fail('an array of directives of plain words')

const listCheck: Check<readonly unknown[]> = (value, fail) =>
  Array.isArray(value) && value.length > 0 ? value : fail('a non-empty array')

/** The checks of `UpstreamRules`. */
export const ruleChecks = {
  upstream: nameCheck,
  directives: optional(directivesCheck, []),
  maxFails: optional(integer(0), undefined),
  failTimeout: optional(duration('> 0'), undefined),
}

/**
 * Renders an `upstream` block from a list of servers.
 *
 * ```ts
 * import { upstreamBlock } from 'holdfast/nginx'
 * const block = upstreamBlock({ upstream: 'api', servers: [{ target: 'http://10.0.0.1:8000', weight: 5 }] })
 * block // => 'upstream api {\n    server 10.0.0.1:8000 weight=5;\n}\n'
 * ```
 *
 * @throws TypeError where an option, or a target, is wrong.
 */
export function upstreamBlock(options: UpstreamBlockOptions): string {
  const kind = 'upstreamBlock'
  const { upstream, directives, maxFails, failTimeout, servers } = resolveOptions(kind, options, {
    ...ruleChecks,
    servers: listCheck,
  })
  const resolved = servers.map((server) =>
    resolveOptions(`${kind}: server`, server, {
      target: addressCheck,
      weight: optional(finite(0), 1 as number),
      down: optional(boolean, false as boolean),
      backup: optional(boolean, false as boolean),
    }),
  )
  if (resolved.some(({ backup }) => backup) && directives.some((each) => withoutBackup.test(each))) {
    throw new TypeError(`${kind}: servers must not be backup under ${directives.join(', ')}, for Nginx refuses that`)
  }
  const weights = wholeWeights(resolved.map(({ weight }) => weight))
  const lines = resolved.map(({ target, down, backup }, i) => {
    const weight = weights[i] as number
    return [
      `server ${target} weight=${Math.max(1, weight)}`,
      ...(maxFails === undefined ? [] : [`max_fails=${maxFails}`]),
      ...(failTimeout === undefined ? [] : [`fail_timeout=${Math.ceil(failTimeout / 1000)}s`]),
      ...(backup ? ['backup'] : []),
      ...(down || weight === 0 ? ['down'] : []),
    ].join(' ')
  })
  return `upstream ${upstream} {\n${[...directives, ...lines].map((line) => `    ${line};\n`).join('')}}\n`
}

/** Whole weights in the same proportions, at least 1; 0 only where others are not. */
function wholeWeights(weights: readonly number[]): readonly number[] {
  const most = Math.max(...weights)
  if (most === 0) return weights.map(() => 1)
  if (weights.every((weight) => Number.isSafeInteger(weight))) return weights
  return weights.map((weight) => (weight === 0 ? 0 : Math.max(1, Math.round((greatest * weight) / most))))
}
