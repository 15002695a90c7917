/**
 * Shapes that stay.
 *
 * Engines keep what they know of a class's objects with the objects. Where no instance is left when garbage is collected, the
 * shape is dropped, and with it all code compiled for it. Calls are short, so most collections meet no call object, and the
 * hot path would be slow again after each. One instance that is never collected prevents that.
 */
const kept: object[] = []

/** Keeps the shape of `instance`, which has no other use. Its fields must hold values of the kinds they hold later. */
export function pinShape(instance: object): void {
  kept.push(instance)
}
