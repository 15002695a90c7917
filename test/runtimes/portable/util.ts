/** In place of Node's `util`, which the fake timers ask for `promisify`: no portable test promisifies a timer. */
export const promisify = undefined
