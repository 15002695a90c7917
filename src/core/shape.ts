/**
 * Shapes that stay.
 *
 * Engines keep what they know of a class's objects with the objects: where no instance is left when garbage is collected,
 * the shape goes, and with it all code compiled for it. Calls are short, so most collections meet none, and the hot path
 * would be slow again after each. One instance that is never collected keeps the shape; without it all is as correct.
 */
const kept: object[] = []

/** Keeps the shape of `instance`, which nobody else uses. Its fields must hold values of the kinds they hold later. */
export function pinShape(instance: object): void {
  kept.push(instance)
}
