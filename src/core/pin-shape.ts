/**
 * Keeps the hidden class of call objects alive.
 *
 * If no instance of a class is left when garbage is collected, the engine drops the hidden class (its shape), and with it all code
 * compiled for it. Calls are short, so most collections find no call object, and the hot path would be slow again after each. One
 * instance that is never collected prevents that.
 */
const kept: object[] = []

/** Keeps the shape of `instance`, which has no other use. Its fields must hold values of the kinds they hold later. */
export function pinShape(instance: object): void {
  kept.push(instance)
}
