/** The modules of src that have a policy, each with its fixture where it has one. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { PolicyFixture } from './policy-fixture.ts'
import { policyModulesIn } from './policy-gates.ts'
import type { Files } from './source-rules.ts'

const root = new URL('../../', import.meta.url)
const src = new URL('src/', root)

export const sources: Files = new Map(
  readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => [path.replaceAll('\\', '/'), readFileSync(new URL(path, src), 'utf8')]),
)

/** The text of a file of the project; undefined where there is none. */
export function projectFile(path: string): string | undefined {
  const file = new URL(path, root)
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

const fixtures = await Promise.all(
  policyModulesIn(sources).map(async (name) => {
    const path = new URL(`test/${name}/fixture.ts`, root)
    const loaded = existsSync(path) ? ((await import(path.href)) as { readonly fixture: PolicyFixture }) : undefined
    return [name, loaded?.fixture] as const
  }),
)

export const policyModules: ReadonlyMap<string, PolicyFixture | undefined> = new Map(fixtures)

/** Of those that have one; test/policy-gates.test.ts names the others. */
export const policyFixtures: readonly (readonly [module: string, fixture: PolicyFixture])[] = fixtures.flatMap(
  ([name, fixture]) => (fixture === undefined ? [] : [[name, fixture] as const]),
)
