/**
 * Where each entry of the package begins: its name, as `holdfast/<name>` has it, and its file.
 *
 * A folder of src, or of src/adapters, with an `index.ts` is an entry. A file of src/entries is one too, by its path, and
 * takes the place of the folder of that name. The whole, src/index.ts, is not among them.
 */
import { existsSync, readdirSync } from 'node:fs'

const root = new URL('.', import.meta.url).pathname

const doors = (folder: string): readonly (readonly [string, string])[] =>
  readdirSync(`${root}${folder}`)
    .filter((name) => existsSync(`${root}${folder}/${name}/index.ts`))
    .map((name) => [name, `${folder}/${name}/index.ts`] as const)

const files = (folder: string): readonly (readonly [string, string])[] =>
  readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => [path.replaceAll('\\', '/').slice(0, -3), `${folder}/${path.replaceAll('\\', '/')}`] as const)

/** Of the modules: name to path below the root. */
export const rooms: ReadonlyMap<string, string> = new Map(
  [...doors('src'), ...files('src/entries')].filter(([name]) => !name.includes('/')),
)

/** Of a part of a module, such as `availability/core`: name to path below the root. */
export const parts: ReadonlyMap<string, string> = new Map(files('src/entries').filter(([name]) => name.includes('/')))

export const adapters: ReadonlyMap<string, string> = new Map(doors('src/adapters'))

export const entries: ReadonlyMap<string, string> = new Map([...rooms, ...parts, ...adapters])
