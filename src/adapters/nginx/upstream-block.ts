/**
 * An `upstream` block of Nginx, as text.
 *
 * Invariant: the same servers give the same text, and each word of it is validated, so Nginx reads what was meant or nothing is
 * written. Nginx takes whole weights from 1: fractional weights are scaled so that the greatest is 100; whole weights stay as
 * they are, since they determine the order of picks and the ring of `hash … consistent`.
 */
import type { Duration } from '../../core/duration.ts'
import { boolean, type Check, duration, finite, integer, optional, resolveOptions } from '../../core/options.ts'
import { addressCheck } from './address.ts'

/** One server of an upstream. */
export interface UpstreamServer {
  /**
   * An address in Nginx's syntax, a URL, of which host and port count, or a record with `host` and optionally `port`. Nginx
   * refuses its configuration if a host name does not resolve when it is read.
   */
  readonly target: unknown
  /** Its share, >= 0. Default 1. A server of weight 0 is down, unless all are 0. */
  readonly weight?: number | undefined
  /** Whether it gets no requests. Default false. */
  readonly down?: boolean | undefined
  /** Whether it is used only while all others are unavailable. Default false. */
  readonly backup?: boolean | undefined
}

/** Settings of an upstream that hold for all its servers. */
export interface UpstreamRules {
  /** The name that `proxy_pass` uses: letters, digits, and any of `-_.` */
  readonly upstream: string
  /** Further directives of the block, without their `;`, such as `'least_conn'` or `'keepalive 32'`. Default: none. */
  readonly directives?: readonly string[] | undefined
  /** Nginx's `max_fails`, an integer >= 0; with 0 only the pool judges servers. Default: Nginx's own, 1. */
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

/** Excludes quotes, comments, braces and the end of a directive. */
const directive = /^[a-z_]+(?: [\w$:./=~@%-]+)*$/
/** Nginx refuses `backup` together with these. */
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
 * @throws TypeError if an option or a target is invalid.
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
    throw new TypeError(`${kind}: servers must not be backup under ${directives.join(', ')}, which Nginx refuses`)
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

/** Whole weights in the same proportions, at least 1, or 0 if the weight is 0 and others are not. */
function wholeWeights(weights: readonly number[]): readonly number[] {
  const most = Math.max(...weights)
  if (most === 0) return weights.map(() => 1)
  if (weights.every((weight) => Number.isSafeInteger(weight))) return weights
  return weights.map((weight) => (weight === 0 ? 0 : Math.max(1, Math.round((greatest * weight) / most))))
}
