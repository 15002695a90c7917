/**
 * The loops that calls are measured in. Each contender gets a loop compiled for it alone: one loop for all would have
 * learned from the others, and the engine could no longer treat the cheap ones as cheap.
 */
const AsyncFunction = (async () => {}).constructor

const bodies = {
  /** One call after the other, as a handler awaits it. */
  await: 'for (let i = 0; i < n; i++) await op()',
  /** The same, where calls reject. */
  catch: 'for (let i = 0; i < n; i++) { try { await op() } catch {} }',
  /** Work that has no promise in it. The result is given out, so that the work cannot be left out. */
  sync: 'let last; for (let i = 0; i < n; i++) last = op(); return last',
  /** Many calls at once, `size` at a time. */
  batch: `for (let i = 0; i < n; i += size) {
    const calls = new Array(size)
    for (let k = 0; k < size; k++) calls[k] = op()
    if (started !== undefined) await started()
    await Promise.all(calls)
  }`,
}

let made = 0

/** A loop of its own: `await loop(op, n)`. */
export function loopOf(shape, size = 1, started = undefined) {
  const loop = new AsyncFunction('op', 'n', 'size', 'started', `/* ${++made} */ ${bodies[shape]}`)
  return (op, n) => loop(op, n, size, started)
}
