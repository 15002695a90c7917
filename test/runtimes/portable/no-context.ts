/** In place of `node:async_hooks` in a worker without Node's modules. */
export const AsyncLocalStorage = undefined
