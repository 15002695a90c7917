/** Installs the peers, once. A quick run goes without them. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

export function installPeers() {
  if (existsSync(new URL('node_modules', import.meta.url))) return
  process.stderr.write('installing the peers\n')
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--silent'], {
    cwd: new URL('.', import.meta.url),
    stdio: 'inherit',
  })
}
