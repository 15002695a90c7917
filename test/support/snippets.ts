/**
 * The code of the pages: every `ts` block of README.md, docs and the docblocks of src.
 *
 * The rule: a block with an import stands alone; a block without one goes on where the block before it on the page ended.
 * A program keeps the line numbers of its page, so a complaint points at the right line.
 */
import { readdirSync, readFileSync } from 'node:fs'
import ts from 'typescript'

export interface Snippet {
  /** The page, relative to the root. */
  readonly page: string
  /** The first line of its first block, from 1. */
  readonly line: number
  readonly code: string
}

const root = new URL('../../', import.meta.url).pathname

export function pages(): readonly string[] {
  const below = (folder: string, extension: string): readonly string[] =>
    readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith(extension))
      .map((path) => `${folder}/${path.replaceAll('\\', '/')}`)
      .sort()
  return ['README.md', ...below('docs', '.md'), ...below('src', '.ts')]
}

export function read(page: string): string {
  return readFileSync(`${root}${page}`, 'utf8')
}

export function snippetsOf(page: string, text: string): readonly Snippet[] {
  const lines = page.endsWith('.ts') ? text.split('\n').map(docblockLine) : text.split('\n')
  const programs: { line: number; code: string[] }[] = []
  let block: { line: number; code: string[] } | undefined
  for (const [index, line] of lines.entries()) {
    if (block === undefined) {
      if (line.trim() === '```ts') block = { line: index + 2, code: [] }
    } else if (line.trim() === '```') {
      const last = programs.at(-1)
      if (last === undefined || block.code.some((written) => /^\s*import\s/.test(written))) {
        programs.push({ line: block.line, code: [...new Array(block.line - 1).fill(''), ...block.code] })
      } else last.code.push(...new Array(block.line - 1 - last.code.length).fill(''), ...block.code)
      block = undefined
    } else block.code.push(line)
  }
  if (block !== undefined) throw new Error(`${page}:${block.line}: the block has no end`)
  return programs.map(({ line, code }) => ({ page, line, code: `${code.join('\n')}\n` }))
}

/** A line of a docblock without its star; any other line is nothing. */
function docblockLine(line: string): string {
  return /^\s*\* ?(?!\/)(.*)$/.exec(line)?.[1] ?? ''
}

/** What the compiler says of all snippets, as one program. */
export function complaints(snippets: readonly Snippet[]): readonly string[] {
  const virtual = new Map(snippets.map((snippet) => [`${root}${snippet.page}.${snippet.line}.snippet.ts`, snippet]))
  const config = ts.parseJsonConfigFileContent(
    ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile).config,
    ts.sys,
    root,
  )
  const options = {
    ...config.options,
    noUnusedLocals: false,
    noUnusedParameters: false,
    moduleDetection: ts.ModuleDetectionKind.Force,
  }
  const host = ts.createCompilerHost(options)
  const { fileExists, getSourceFile } = host
  host.fileExists = (path) => virtual.has(path) || fileExists.call(host, path)
  host.getSourceFile = (path, languageVersion) => {
    const snippet = virtual.get(path)
    return snippet === undefined
      ? getSourceFile.call(host, path, languageVersion)
      : ts.createSourceFile(path, snippet.code, languageVersion, true)
  }
  const program = ts.createProgram([...virtual.keys()], options, host)
  return [...virtual].flatMap(([path, { page }]) => {
    const file = program.getSourceFile(path)
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map((diagnostic) => {
      const line = (file?.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line ?? 0) + 1
      return `${page}:${line}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')}`
    })
  })
}

export interface Claim {
  readonly line: number
  readonly actual: unknown
  readonly expected: unknown
}

/** Whether a snippet says what its lines give, by `// => value`. */
export function claims(snippet: Snippet): boolean {
  return /\/\/ => /.test(snippet.code)
}

/** A snippet as a module whose default export runs it, and is given each line that says a value: `(line, actual, expected)`. */
export function moduleOf(snippet: Snippet): string {
  const file = ts.createSourceFile('snippet.ts', marked(snippet.code), ts.ScriptTarget.Latest, true)
  const imports = file.statements.filter(ts.isImportDeclaration)
  const rest = file.statements.filter((statement) => !ts.isImportDeclaration(statement))
  const text = (statements: readonly ts.Statement[]): string => statements.map((one) => one.getText()).join('\n')
  return `${text(imports)}\nexport default async (__check) => {\n${text(rest)}\n}\n`
}

type Load = (specifier: string) => Promise<unknown>

/** Runs a snippet; gives what its lines gave, beside what they say. */
export async function play(snippet: Snippet, load: Load): Promise<readonly Claim[]> {
  const found: Claim[] = []
  const check = (line: number, actual: unknown, expected: unknown): void => {
    found.push({ line, actual, expected })
  }
  const { outputText } = ts.transpileModule(marked(snippet.code), {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: false },
  })
  const modules = new Map<string, unknown>()
  for (const [, specifier = ''] of outputText.matchAll(/require\("([^"]+)"\)/g)) {
    modules.set(specifier, await load(specifier))
  }
  const AsyncFunction = (async () => {}).constructor as new (
    ...code: string[]
  ) => (...given: unknown[]) => Promise<void>
  const run = new AsyncFunction('require', 'exports', '__check', outputText)
  await run((specifier: string) => modules.get(specifier), {}, check)
  return found
}

/** The code with every `expression // => value` turned into a check. */
function marked(code: string): string {
  const file = ts.createSourceFile('snippet.ts', code, ts.ScriptTarget.Latest, true)
  const edits: { at: number; end: number; text: string }[] = []
  for (const statement of file.statements) {
    const rest = code.slice(statement.end, code.indexOf('\n', statement.end))
    const expected = /^\s*\/\/ => (.+)$/.exec(rest)?.[1]
    if (expected === undefined) continue
    const line = file.getLineAndCharacterOfPosition(statement.end).line + 1
    const expression = shown(statement)
    if (expression === undefined) throw new Error(`line ${line}: only an expression or a const can be followed by =>`)
    const end = statement.end + rest.length
    const said = `__check(${line}, (${expression.text}), (${expected}));`
    edits.push({ at: expression.keeps ? statement.end : statement.getStart(), end, text: `;${said}` })
  }
  const claimed = code.split('// => ').length - 1
  if (edits.length !== claimed) throw new Error(`${claimed - edits.length} claims do not end a statement of the block`)
  return edits.reduceRight((text, { at, end, text: by }) => text.slice(0, at) + by + text.slice(end), code)
}

function shown(statement: ts.Statement): { readonly text: string; readonly keeps: boolean } | undefined {
  if (ts.isExpressionStatement(statement)) return { text: statement.expression.getText(), keeps: false }
  const declared = ts.isVariableStatement(statement) ? statement.declarationList.declarations[0] : undefined
  return declared === undefined ? undefined : { text: declared.name.getText(), keeps: true }
}
