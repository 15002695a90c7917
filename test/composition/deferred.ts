/** A promise settled from outside, for operations whose end a test decides. */
export interface Deferred<T> {
  readonly promise: Promise<T>
  resolve(value: T): void
  reject(error: unknown): void
}

export function deferred<T = unknown>(): Deferred<T> {
  let resolve!: (value: T) => void
  let reject!: (error: unknown) => void
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

/** How a promise ended. */
export type Ended = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown }

export function ended(promise: PromiseLike<unknown>): Promise<Ended> {
  return Promise.resolve(promise).then(
    (value) => ({ ok: true, value }),
    (error: unknown) => ({ ok: false, error }),
  )
}

/** `on` with a `then` of its own: what hostile libraries give in place of a promise. */
export function thenable(then: PropertyDescriptor, on: object = {}): object {
  const name = 'then'
  return Object.defineProperty(on, name, then)
}
