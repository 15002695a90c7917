/** The absolute path of a file given as a path or a file URL. */
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { show } from '../../core/options.ts'

/** @throws TypeError if it is neither. */
export function pathOf(kind: string, given: unknown): string {
  try {
    const path = given instanceof URL ? fileURLToPath(given) : given
    if (typeof path === 'string' && path !== '') return resolve(path)
  } catch {
    // Refused below.
  }
  throw new TypeError(
    `${kind}: path must be a path or a file URL, got ${given instanceof URL ? given.href : show(given)}`,
  )
}
