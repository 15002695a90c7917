/** What the runtime API takes as names, commands, weights and signals; anything else could say more than it seems to. */
import { isSignal } from '../../core/callers-signal.ts'
import { type Check, type Fail, show } from '../../core/options.ts'
import type { HaproxyWeight } from './haproxy-runtime.ts'

/** The value of an argument, by the one message form. */
export function check<Value>(what: string, rule: (value: unknown, fail: Fail) => Value, value: unknown): Value {
  return rule(value, (expected) => {
    throw new TypeError(`haproxyRuntime: ${what} must be ${expected}, got ${show(value)}`)
  })
}

/** A server, as commands name it. */
export function place(backend: string, server: string): string {
  return `${check('backend', nameCheck, backend)}/${check('server', nameCheck, server)}`
}

/** The letters HAProxy's own configuration takes in a name. */
export const nameCheck: Check<string> = (value, fail) =>
  typeof value === 'string' && /^[\w.:-]+$/.test(value) ? value : fail('a name of letters, digits, and any of -_.:')

export const commandCheck: Check<string> = (value, fail) =>
  typeof value === 'string' && /^\P{Cc}+$/u.test(value) && value.trim() !== '' ? value : fail('a command of one line')

/** How much is too much is for HAProxy to say. */
export const weightCheck: Check<HaproxyWeight> = (value, fail) => {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number
  if (typeof value === 'string' && /^\d+%$/.test(value)) return value as HaproxyWeight
  return fail('an integer >= 0, or whole percent as in "50%"')
}

export const signalCheck: Check<AbortSignal> = (value, fail) => (isSignal(value) ? value : fail('an AbortSignal'))
