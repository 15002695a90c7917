/** Failures of the high-performance computers of Los Alamos National Laboratory, 1996 to 2005 (LA-UR-05-7318). */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'
import expected from '../../data/lanl-expected.json' with { type: 'json' }

export { expected }

export const lanl: Buffer = brotliDecompressSync(
  readFileSync(new URL('../../data/lanl-failures-1996-2005.csv.br', import.meta.url)),
)

export const sha256 = createHash('sha256').update(lanl).digest('hex')
