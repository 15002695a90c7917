/** The options that a caller gives with a call, and the call as operations see it. */
import { type Duration, milliseconds } from '../duration.ts'
import { isRecord, refuseOption } from '../options.ts'
import { unknownOption } from '../unknown-name.ts'
import { isSignal } from './callers-signal.ts'

/** The options of one call. */
export interface CallOptions {
  /** Aborts the call: it rejects at once with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** What the call is about, for policies that distinguish or remember calls by key. */
  readonly key?: string | undefined
  /** When the result is no longer of use: a duration from now, or a `Date`. Cancels nothing by itself. */
  readonly deadline?: Duration | Date | undefined
  /** Higher goes first in a policy that sheds or sorts calls. Default 0. */
  readonly priority?: number | undefined
  /** `false` forbids any second invocation of the operation. Default true. */
  readonly idempotent?: boolean | undefined
  /** How many retries led to this call: that of the attempt which makes it. An integer >= 0. Default 0. */
  readonly retryDepth?: number | undefined
}

/** The changes of `call.with`. Further fields are passed to the operation as they are. */
export type CallChanges = CallOptions & { readonly [field: string]: unknown }

/** A call, as an operation or a policy inside it sees it. It can be passed on as `CallOptions`. */
export interface Call {
  /** Aborts when the caller or an outer policy gives this try up. Made when first read. */
  readonly signal: AbortSignal
  /** Which invocation of the operation in the whole call this is, from 1. */
  readonly attempt: number
  readonly key: string | undefined
  /** The instant after which the result is of no use: the caller's deadline, or that of an outer timeout if it is sooner. */
  readonly deadline: Date | undefined
  readonly priority: number
  readonly idempotent: boolean
  /** How many retries led to this attempt: 0 for the first one. Those of policies outside count, and those of the caller. */
  readonly retryDepth: number
  /** A copy with changes, for `next` in a policy of your own. */
  with(changes: CallChanges): Call
}

/** The options of a caller who gives none. */
export const noOptions: CallOptions = Object.freeze({})

/** The options of a caller, checked and read once: later changes of the object do not affect the call. */
export function readCallOptions(options: CallOptions): CallOptions {
  if (!isRecord(options as unknown) || options instanceof Promise) refuse('options', 'an object', options)
  // A `Call` may be passed on as it is: it has more fields, and is no plain object.
  if (Object.getPrototypeOf(options) === Object.prototype) checkNames(options)
  const { signal, key, deadline, priority, idempotent, retryDepth } = options
  if (signal !== undefined && !isSignal(signal)) refuse('signal', 'an AbortSignal', signal)
  if (key !== undefined && typeof key !== 'string') refuse('key', 'a string', key)
  if (deadline !== undefined && Number.isNaN(deadline instanceof Date ? deadline.getTime() : milliseconds(deadline))) {
    refuse('deadline', 'a duration or a valid Date', deadline)
  }
  if (typeof deadline === 'number' && deadline >= instantFrom && deadline !== Number.POSITIVE_INFINITY) {
    refuse('deadline', 'a duration from now or, for an instant, a Date', deadline)
  }
  if (priority !== undefined && !Number.isFinite(priority)) refuse('priority', 'a finite number', priority)
  if (idempotent !== undefined && typeof idempotent !== 'boolean') refuse('idempotent', 'a boolean', idempotent)
  if (retryDepth !== undefined && !(Number.isSafeInteger(retryDepth) && retryDepth >= 0)) {
    refuse('retryDepth', 'an integer >= 0', retryDepth)
  }
  return { signal, key, deadline, priority, idempotent, retryDepth }
}

function refuse(name: string, expected: string, value: unknown): never {
  return refuseOption('execute', name, expected, value)
}

/** A number of ms from here on is no duration but an instant, such as `Date.now() + 1000`. */
const instantFrom = 1e12
const names = ['signal', 'key', 'deadline', 'priority', 'idempotent', 'retryDepth']

function checkNames(options: object): void {
  for (const name in options) {
    if (names.includes(name) || !Object.hasOwn(options, name)) continue
    throw new TypeError(unknownOption('execute', name, undefined, names))
  }
}
