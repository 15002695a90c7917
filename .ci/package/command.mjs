/** Runs the command as `npx holdfast` finds it: by the package's bin, without its libraries beside it. */
import { existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { folder, manifest, run } from './consumer.mjs'

export function command() {
  for (const name of ['commander', 'picocolors']) {
    if (existsSync(join(folder, 'node_modules', name))) throw new Error(`${name} is there, so nothing is proved`)
  }
  const bin = join(folder, 'node_modules/holdfast', manifest.bin.holdfast)
  if ((statSync(bin).mode & 0o111) === 0) throw new Error('the command cannot be executed')
  mkdirSync(join(folder, 'node_modules/.bin'))
  symlinkSync(bin, join(folder, 'node_modules/.bin/holdfast'))
  writeFileSync(join(folder, 'log.csv'), 'start,end\n2026-01-01 00:00,2026-01-01 06:00\n')
  const written = run('npx', '--no-install holdfast report log.csv --window 2026-01-01 --format json'.split(' '))
  if (JSON.parse(written).availability !== 0.75) throw new Error(`the command reports ${written}`)
}
