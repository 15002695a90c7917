/**
 * What each module with a policy must have beside its factory: a page, rows, an example, option cases and a model.
 *
 * Kinds, events, options and errors are read from the module's source, so a module is held to this from its first file on.
 */

import ts from 'typescript'
import { policyOf } from '../../src/core/policy-of.ts'
import type { PolicyFixture } from './policy-fixture.ts'
import type { Files } from './source-rules.ts'
import { codeSpans, section, tableOf } from './tables.ts'

export interface PolicySource {
  /** The kinds of its policies. */
  readonly kinds: readonly string[]
  readonly events: readonly string[]
  /** Without those of every policy. */
  readonly options: readonly string[]
  /** The classes of errors it throws. */
  readonly errors: readonly string[]
}

/** The folders of `src` with a class that extends `BasePolicy`. */
export function policyModulesIn(sources: Files): readonly string[] {
  const found = [...sources].flatMap(([path, text]) => {
    const [folder = ''] = path.split('/')
    return path.includes('/') && folder !== 'adapters' && kindsIn(parse(path, text)).length > 0 ? [folder] : []
  })
  return [...new Set(found)].sort()
}

export function policySource(module: string, sources: Files): PolicySource {
  const files = [...sources].filter(([path]) => path.startsWith(`${module}/`)).map(([path, text]) => parse(path, text))
  const all = (find: (file: ts.SourceFile) => readonly string[]) => [...new Set(files.flatMap(find))]
  return {
    kinds: all(kindsIn),
    events: all((file) => membersOfExtensions(file, 'BaseEvents')),
    options: all((file) => membersOfExtensions(file, 'PolicyOptions')),
    errors: all(errorsIn),
  }
}

/** What a module lacks, one line each. `project` gives the text of a file of the project. */
export function missingOf(
  module: string,
  sources: Files,
  project: (path: string) => string | undefined,
  fixture: PolicyFixture | undefined,
): readonly string[] {
  const source = policySource(module, sources)
  return [
    ...missingOnPage(module, source, project),
    ...missingRows(source, project),
    ...(project(`examples/${module}.ts`) === undefined ? [`examples/${module}.ts is missing`] : []),
    ...missingInTests(module, source, project, fixture),
  ]
}

type Project = (path: string) => string | undefined

function missingOnPage(module: string, { events, errors }: PolicySource, project: Project): readonly string[] {
  const path = `docs/policies/${module}.md`
  const text = project(path)
  if (text === undefined) return [`${path} is missing`]
  const listed = firstCells(section(text, 'Events'))
  const named = codeSpans(section(text, 'Errors'))
  return [
    ...events.filter((event) => !listed.includes(event)).map((event) => `${path} has no row for the event ${event}`),
    ...errors.filter((name) => !named.includes(name)).map((name) => `${path} does not name ${name} under Errors`),
  ]
}

function missingRows({ kinds, events, errors }: PolicySource, project: Project): readonly string[] {
  const rows = tableOf(section(project('docs/events.md') ?? '', 'All events')).rows
  const listed = rows
    .filter(([kind = '']) => kinds.includes(codeSpans(kind)[0] ?? ''))
    .map(([, event = '']) => codeSpans(event)[0])
  const classes = firstCells(section(project('docs/errors.md') ?? '', 'All errors'))
  return [
    ...events
      .filter((event) => !listed.includes(event))
      .map((event) => `docs/events.md has no row for ${kinds[0]} ${event}`),
    ...errors.filter((name) => !classes.includes(name)).map((name) => `docs/errors.md has no row for ${name}`),
  ]
}

function missingInTests(
  module: string,
  { kinds, options }: PolicySource,
  project: Project,
  fixture: PolicyFixture | undefined,
): readonly string[] {
  const path = `test/${module}/fixture.ts`
  const described = policyOf(fixture?.bare)?.describe()
  const cases = new Set(
    Object.entries(fixture?.options ?? {}).flatMap(([prefix, { refused }]) => [prefix, ...Object.keys(refused)]),
  )
  const wanted = new Set([...options, ...Object.keys(described?.options ?? {})])
  const missing = [...wanted].filter(
    (option) => !cases.has(option) && !kinds.some((kind) => cases.has(`${kind}: ${option}`)),
  )
  const modelled = Object.keys(fixture?.models ?? {}).length > 0
  const own = `test/models/${module}.test.ts`
  return [
    ...(fixture === undefined ? [`${path} is missing`] : []),
    ...(described === undefined || kinds.includes(described.kind)
      ? []
      : [`${path}: its bare policy is another module's`]),
    ...missing.map((option) => `${path} has neither cases nor fuzz for the option ${option}`),
    ...(modelled || project(own) !== undefined
      ? []
      : [`${path} has no model for random pipelines, and ${own} is missing`]),
  ]
}

function firstCells(text: string): readonly string[] {
  return text.includes('\n|') ? tableOf(text).rows.map(([cell = '']) => codeSpans(cell)[0] ?? '') : []
}

function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
}

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node)
  ts.forEachChild(node, (child) => walk(child, visit))
}

function extendsOne(node: ts.ClassDeclaration | ts.InterfaceDeclaration, name: string): boolean {
  return (node.heritageClauses ?? []).some(
    ({ token, types }) =>
      token === ts.SyntaxKind.ExtendsKeyword && types.some(({ expression }) => expression.getText() === name),
  )
}

/** The first arguments of `super` in classes that extend `BasePolicy`. */
function kindsIn(file: ts.SourceFile): readonly string[] {
  if (!file.text.includes('BasePolicy')) return []
  const kinds: string[] = []
  walk(file, (node) => {
    if (!ts.isClassDeclaration(node) || !extendsOne(node, 'BasePolicy')) return
    walk(node, (inner) => {
      if (!ts.isCallExpression(inner) || inner.expression.kind !== ts.SyntaxKind.SuperKeyword) return
      const [kind] = inner.arguments
      if (kind !== undefined && ts.isStringLiteral(kind)) kinds.push(kind.text)
    })
  })
  return kinds
}

/** The own members of each interface that extends `base`. */
function membersOfExtensions(file: ts.SourceFile, base: string): readonly string[] {
  const members: string[] = []
  walk(file, (node) => {
    if (!ts.isInterfaceDeclaration(node) || !extendsOne(node, base)) return
    members.push(
      ...node.members.flatMap(({ name }) => (name !== undefined && ts.isIdentifier(name) ? [name.text] : [])),
    )
  })
  return members
}

/** Classes of errors that the file imports as values from core, or declares. */
function errorsIn(file: ts.SourceFile): readonly string[] {
  const names: string[] = []
  walk(file, (node) => {
    if (ts.isClassDeclaration(node) && node.name?.text.endsWith('Error')) names.push(node.name.text)
    if (!ts.isImportDeclaration(node) || node.importClause?.isTypeOnly) return
    if (!(node.moduleSpecifier as ts.StringLiteral).text.endsWith('core/errors.ts')) return
    const bindings = node.importClause?.namedBindings
    if (bindings === undefined || !ts.isNamedImports(bindings)) return
    for (const { isTypeOnly, name } of bindings.elements) {
      if (!isTypeOnly && name.text.endsWith('Error') && !name.text.startsWith('is')) names.push(name.text)
    }
  })
  return names
}
