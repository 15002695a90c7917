/** In place of `node:vm` where there is none. The tests that make a realm of their own are left out there. */
export function runInNewContext(): never {
  throw new Error('this runtime makes no other realms')
}
