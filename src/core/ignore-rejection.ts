/**
 * A promise where none is expected: from a listener, or from a predicate written `async`. Nobody awaits it, so its
 * rejection is taken here, before the process hears of it.
 */
export function ignoreRejection(value: unknown, rejected: (error: unknown) => void = nothing): void {
  if (typeof value !== 'object' || value === null || !('then' in value)) return
  new Promise((resolve) => resolve(value)).catch(rejected)
}

function nothing(): void {}
