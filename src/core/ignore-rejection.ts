/**
 * Handles the rejection of a promise that is not awaited, for example of a listener or predicate written `async`, so that it does
 * not become an unhandled rejection.
 */
export function ignoreRejection(value: unknown, rejected: (error: unknown) => void = nothing): void {
  if (typeof value !== 'object' || value === null || !('then' in value)) return
  new Promise((resolve) => resolve(value)).catch(rejected)
}

function nothing(): void {}
