/** Validates names, commands, weights and signals for the runtime API, so that an argument cannot inject a command. */
import { isSignal } from '../../core/call/callers-signal.ts'
import { type Check, type Fail, show } from '../../core/options.ts'
import type { HaproxyWeight } from './haproxy-runtime.ts'

/** Validates an argument; errors have the form of all option errors. */
export function check<Value>(what: string, rule: (value: unknown, fail: Fail) => Value, value: unknown): Value {
  return rule(value, (expected) => {
    throw new TypeError(`haproxyRuntime: ${what} must be ${expected}, got ${show(value)}`)
  })
}

/** A server as commands address it. */
export function serverPath(backend: string, server: string): string {
  return `${check('backend', nameCheck, backend)}/${check('server', nameCheck, server)}`
}

/** The characters that HAProxy's own configuration allows in a name. */
export const nameCheck: Check<string> = (value, fail) =>
  typeof value === 'string' && /^[\w.:-]+$/.test(value) ? value : fail('a name of letters, digits, and any of -_.:')

export const commandCheck: Check<string> = (value, fail) =>
  typeof value === 'string' && /^\P{Cc}+$/u.test(value) && value.trim() !== '' ? value : fail('a command of one line')

/** HAProxy itself rejects weights that are too high. */
export const weightCheck: Check<HaproxyWeight> = (value, fail) => {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number
  if (typeof value === 'string' && /^\d+%$/.test(value)) return value as HaproxyWeight
  return fail('an integer >= 0, or whole percent as in "50%"')
}

export const signalCheck: Check<AbortSignal> = (value, fail) => (isSignal(value) ? value : fail('an AbortSignal'))
