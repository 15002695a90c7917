/**
 * Types the programs of the README and of docs/getting-started.md into an empty folder, as they stand there, and runs them
 * against a server of its own: as an ES module, as CommonJS, and as TypeScript that is compiled first.
 */
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import ts from 'typescript'
import { folder, root, runAll } from './consumer.mjs'

const pages = ['README.md', 'docs/getting-started.md']

/** The programs of a page: a block with an import begins one, a block without goes on with it. */
function programsOf(text) {
  const programs = []
  for (const [, code] of text.matchAll(/^```ts\n(.*?)^```$/gms)) {
    if (programs.length === 0 || /^import\s/m.test(code)) programs.push(code)
    else programs.push(`${programs.pop()}\n${code}`)
  }
  return programs
}

/** The same without its types, as who writes JavaScript types it. */
function javaScript(program) {
  const compilerOptions = { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true }
  return ts.transpileModule(program, { compilerOptions }).outputText
}

/** The same with `require`, in a function, as CommonJS has no `await` at the top. */
function commonJs(program) {
  const required = javaScript(program).replaceAll(
    /^import (\{.*?\}) from (.+?);?$/gms,
    (_, names, from) => `const ${names.replaceAll(' as ', ': ')} = require(${from})`,
  )
  return `async function main() {\n${required}\n}\nmain().catch((error) => { console.error(error); process.exit(1) })\n`
}

const forms = { mjs: javaScript, cjs: commonJs, mts: (program) => program }

function typed(programs) {
  for (const [extension, form] of Object.entries(forms)) {
    for (const [i, program] of programs.entries())
      writeFileSync(join(folder, `document-${i}.${extension}`), form(program))
  }
}

/** How many programs there are. */
export async function documents() {
  const server = createServer((_request, response) => response.end('{"id":"1"}')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const here = `http://127.0.0.1:${server.address().port}/`
    const texts = await Promise.all(pages.map((page) => readFile(join(root, page), 'utf8')))
    const programs = texts
      .flatMap(programsOf)
      .map((program) => program.replaceAll(/http:\/\/localhost(:\d+)?\//g, here))
    typed(programs)
    const names = programs.map((_, i) => `document-${i}`)
    const tsc = [
      join(root, 'node_modules/typescript/bin/tsc'),
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2022',
    ]
    await runAll([['node', ...tsc, '--outDir', 'compiled', ...names.map((name) => `${name}.mts`)]])
    await runAll(
      names.flatMap((name) => [`${name}.mjs`, `${name}.cjs`, `compiled/${name}.mjs`].map((file) => ['node', file])),
    )
    return programs.length
  } finally {
    server.close()
    server.closeAllConnections()
  }
}
