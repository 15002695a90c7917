/** The least a pick can cost where chance has a part in it: a random number and an array read. */
export const random = (candidates) => () => candidates[(Math.random() * candidates.length) | 0]
