/**
 * Node's `getEventListeners` for runtimes without it: how many listeners an AbortSignal has. It counts from when this module
 * is loaded, so it is loaded before any signal is made.
 */
type Listener = Parameters<EventTarget['addEventListener']>[1]
type Target = EventTarget & { readonly aborted?: boolean }

const listeners = new WeakMap<EventTarget, Map<Listener, { readonly once: boolean }>>()
const { addEventListener, removeEventListener } = EventTarget.prototype

EventTarget.prototype.addEventListener = function (type, listener, options): void {
  if (type === 'abort') {
    const known = listeners.get(this) ?? new Map()
    listeners.set(this, known)
    known.set(listener, { once: typeof options === 'object' && options.once === true })
  }
  addEventListener.call(this, type, listener, options)
}

EventTarget.prototype.removeEventListener = function (type, listener, options): void {
  if (type === 'abort') listeners.get(this)?.delete(listener)
  removeEventListener.call(this, type, listener, options)
}

/** A listener that was to be called once is gone when the signal has aborted. */
export function getEventListeners(target: Target, _type: 'abort'): readonly Listener[] {
  const known = [...(listeners.get(target) ?? [])]
  return known.filter(([, { once }]) => !(once && target.aborted === true)).map(([listener]) => listener)
}
