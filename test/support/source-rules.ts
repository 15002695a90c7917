/** The rules of docs/architecture.md, and what breaks them. Files are given as path (below src) and text. */
import ts from 'typescript'
import { codeSpans, section, tableOf } from './tables.ts'

export type Files = ReadonlyMap<string, string>

export interface Rules {
  /** Folder, or file directly in src, to the folders it may import. */
  readonly arrows: ReadonlyMap<string, readonly string[]>
  /** Guarded name to the files that may use it. */
  readonly guarded: ReadonlyMap<string, readonly string[]>
}

export function rulesOf(markdown: string): Rules {
  const pairs = (heading: string) =>
    tableOf(section(markdown, heading)).rows.flatMap(([names = '', allowed = '']) =>
      codeSpans(names).map((name) => [name, codeSpans(allowed)] as const),
    )
  return { arrows: new Map(pairs('Arrows')), guarded: new Map(pairs('Guarded names')) }
}

interface Import {
  readonly specifier: string
  readonly reexport: boolean
}

/** By its text: every rule asks for the same files. */
const parsed = new Map<string, ts.SourceFile>()

function parse(path: string, text: string): ts.SourceFile {
  const known = parsed.get(text)
  if (known !== undefined) return known
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  parsed.set(text, file)
  return file
}

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node)
  ts.forEachChild(node, (child) => walk(child, visit))
}

export function importsOf(path: string, text: string): readonly Import[] {
  const found: Import[] = []
  walk(parse(path, text), (node) => {
    const literal =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
          ? node.argument.literal
          : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
            ? node.arguments[0]
            : undefined
    if (literal !== undefined && ts.isStringLiteralLike(literal)) {
      found.push({ specifier: literal.text, reexport: ts.isExportDeclaration(node) })
    }
  })
  return found
}

function resolved(from: string, specifier: string): string {
  return new URL(specifier, `file:///${from}`).pathname.slice(1)
}

/**
 * The folder a file belongs to: a room, one adapter, or the page of the dashboard, a program of its own, for browsers. In
 * a room that has rows for folders of its own, each folder is a place.
 */
export function placeOf(path: string, { arrows }: Pick<Rules, 'arrows'>): string {
  if (isPage(path)) return 'adapters/dashboard/page'
  const [first = '', second = ''] = path.split('/')
  if (first === 'adapters') return `${first}/${second}`
  const isSplit = [...arrows.keys()].some((place) => place.startsWith(`${first}/`))
  return isSplit ? path.slice(0, path.lastIndexOf('/')) : first
}

/** Whether a place may be imported; from outside its room, the room's name allows all of its folders. */
function allows(allowed: readonly string[], from: string, to: string): boolean {
  const [room = ''] = to.split('/')
  return allowed.includes(to) || (from.split('/')[0] !== room && allowed.includes(room))
}

/** Entries: the whole, and those made of several rooms. */
function isEntry(path: string): boolean {
  return path === 'index.ts' || path.startsWith('entries/')
}

/** The file by which users enter a folder. */
function isDoor(path: string): boolean {
  return path === 'index.ts' || path.endsWith('/index.ts')
}

function isPage(path: string): boolean {
  return path.startsWith('adapters/dashboard/page/')
}

export function brokenArrows(files: Files, rules: Rules): readonly string[] {
  const { arrows } = rules
  const broken: string[] = []
  for (const [path, text] of files) {
    const from = placeOf(path, rules)
    const allowed = arrows.get(from)
    if (allowed === undefined) {
      broken.push(`${path}: ${from} is not in the table of arrows`)
      continue
    }
    for (const { specifier, reexport } of importsOf(path, text)) {
      if (!specifier.startsWith('.')) continue
      const target = resolved(path, specifier)
      const to = placeOf(target, rules)
      if (!files.has(target)) broken.push(`${path}: ${specifier} is no file of src`)
      else if (from !== to && !allows(allowed, from, to)) broken.push(`${path}: ${from} may not import ${to}`)
      else if (isDoor(target) && !(isEntry(path) && reexport)) {
        broken.push(`${path}: imports the door ${target}`)
      } else if (path === 'index.ts' && to !== 'core' && target !== `${to}/index.ts`) {
        broken.push(`${path}: enters ${to} by ${target}, not by its door`)
      }
    }
  }
  return broken
}

export function cycles(files: Files): readonly string[] {
  return cyclesIn([...files.keys()], (path) =>
    importsOf(path, files.get(path) ?? '')
      .filter(({ specifier }) => specifier.startsWith('.'))
      .map(({ specifier }) => resolved(path, specifier)),
  )
}

/** Cycles between the folders of the table. Doors do not count: no file imports them. */
export function folderCycles(files: Files, rules: Rules): readonly string[] {
  const imported = new Map<string, Set<string>>()
  for (const [path, text] of files) {
    if (isEntry(path) || isDoor(path)) continue
    const from = placeOf(path, rules)
    const targets = imported.get(from) ?? new Set()
    imported.set(from, targets)
    for (const { specifier } of importsOf(path, text)) {
      const to = specifier.startsWith('.') ? placeOf(resolved(path, specifier), rules) : from
      if (to !== from) targets.add(to)
    }
  }
  return cyclesIn([...imported.keys()], (place) => [...(imported.get(place) ?? [])])
}

function cyclesIn(nodes: readonly string[], next: (node: string) => readonly string[]): readonly string[] {
  const state = new Map<string, 'open' | 'done'>()
  const found: string[] = []
  const visit = (node: string, trail: readonly string[]): void => {
    if (state.get(node) === 'done') return
    if (state.get(node) === 'open') {
      found.push([...trail.slice(trail.indexOf(node)), node].join(' -> '))
      return
    }
    state.set(node, 'open')
    for (const target of next(node)) visit(target, [...trail, node])
    state.set(node, 'done')
  }
  for (const node of nodes) visit(node, [])
  return found
}

/** Packages and globals outside the file they belong to. */
export function unguarded(files: Files, { guarded }: Rules): readonly string[] {
  const broken: string[] = []
  for (const [path, text] of files) {
    // A browser has one clock and one document; nothing of either is handed in.
    if (isPage(path)) continue
    for (const { specifier } of importsOf(path, text)) {
      if (specifier.startsWith('.')) continue
      if (!guarded.get(specifier)?.includes(path)) broken.push(`${path}: may not import ${specifier}`)
    }
    walk(parse(path, text), (node) => {
      const name = globalName(node)
      if (name !== undefined && guarded.has(name) && !guarded.get(name)?.includes(path)) {
        broken.push(`${path}: may not use ${name}`)
      }
    })
  }
  return broken
}

function globalName(node: ts.Node): string | undefined {
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length) return 'new Date()'
  if (ts.isCallExpression(node) && node.expression.getText() === 'Date') return 'Date()'
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) return node.getText()
  if (!ts.isIdentifier(node)) return undefined
  const { parent } = node
  const names = parent as unknown as { name?: ts.Node; propertyName?: ts.Node }
  const isName = (names.name === node || names.propertyName === node) && !ts.isShorthandPropertyAssignment(parent)
  return isName || ts.isTypeReferenceNode(parent) ? undefined : node.text
}

export function tooLong(files: Files, limit = 300): readonly string[] {
  return [...files]
    .map(([path, text]) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > limit)
    .map(({ path, lines }) => `${path}: ${lines} lines`)
}
