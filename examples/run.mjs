/** Runs examples against the built package: `npm run build && npm run example -- retry`, or all without a name. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { transformSync } from 'esbuild'

const here = new URL('.', import.meta.url)
// Inside the package, so that `holdfast` means this package as its users see it.
const made = new URL('../.examples/', import.meta.url)
const all = readdirSync(here).filter((file) => file.endsWith('.ts'))
const wanted = process.argv.slice(2).map((name) => `${name.replace(/\.ts$/, '')}.ts`)

mkdirSync(made, { recursive: true })
try {
  for (const file of wanted.length > 0 ? wanted : all) {
    const { code } = transformSync(readFileSync(new URL(file, here), 'utf8'), { loader: 'ts', target: 'es2022' })
    const script = new URL(file.replace(/\.ts$/, '.mjs'), made)
    writeFileSync(script, code)
    console.log(`\n# ${file}`)
    execFileSync(process.execPath, [script.pathname], { stdio: 'inherit', timeout: 30_000 })
  }
} finally {
  rmSync(made, { recursive: true, force: true })
}
