/** A function under a policy: the result of `wrap` and `withCall`. */
import type { CallOptions } from './call/call.ts'
import { callable, show } from './options.ts'

interface Executes {
  readonly kind: string
  execute(operation: never, options: CallOptions | undefined): Promise<unknown>
}

/**
 * The function under the policy: it keeps `this` and the name of `fn`. `options` maps its arguments to the options of the call, and
 * `operation` makes the operation from them.
 */
export function wrapped<This, Args extends readonly unknown[]>(
  policy: Executes,
  method: string,
  fn: { readonly name: string },
  options: ((...args: Args) => CallOptions | undefined) | undefined,
  operation: (self: This, args: Args) => (call: never) => unknown,
): (this: This, ...args: Args) => Promise<unknown> {
  const refuse = (argument: string, value: unknown): never => {
    throw new TypeError(`${policy.kind}: ${method}'s ${argument} must be a function, got ${show(value)}`)
  }
  callable(fn, () => refuse('first argument', fn))
  if (options !== undefined) callable(options, () => refuse('second argument', options))
  const under = async function (this: This, ...args: Args): Promise<unknown> {
    return await policy.execute(operation(this, args) as never, options?.(...args))
  }
  Object.defineProperty(under, 'name', { value: fn.name, configurable: true })
  return under
}
