/** The test files of one kind of runtime, bundled, with what its host needs to run them. */
import { bundle, type Target } from '../bundle.ts'

/** How the host starts a file, as code in which `files`, `without` and `runHere` are there. */
export interface Kind extends Target {
  /** Modules that are loaded first. */
  readonly first?: readonly string[]
  readonly start: string
}

/** `without` has, for a file, the tests that are left out on this runtime. */
export function program(
  kind: Kind,
  files: readonly string[],
  without: Readonly<Record<string, readonly string[]>>,
): Promise<string> {
  const entry = [
    ...(kind.first ?? []).map((module) => `import '${module}'`),
    `import { runHere } from './portable/run-here.ts'`,
    'const files: Record<string, () => Promise<unknown>> = {',
    ...files.map((file) => `  '${file}': () => import('../../${file}'),`),
    '}',
    `const without: Record<string, string[]> = ${JSON.stringify(without)}`,
    'const run = (file: string) => runHere(file, files[file] as () => Promise<unknown>, without[file] ?? [])',
    kind.start,
  ]
  return bundle(entry.join('\n'), kind)
}
