/** The rules for names: one type, one name, one declaration; and what is exported keeps the name it was declared by. */
import ts from 'typescript'
import type { Files } from './source-rules.ts'

/** Names of types to the files that declare them, for those declared more than once. A deprecated alias is no declaration. */
export function repeatedTypes(files: Files): ReadonlyMap<string, readonly string[]> {
  const declared = new Map<string, string[]>()
  for (const [path, text] of files) {
    visit(parsed(path, text), (node) => {
      const name = ts.isClassLike(node) || (isTypeOnly(node) && !isOldName(node)) ? node.name?.text : undefined
      if (name !== undefined) declared.set(name, [...(declared.get(name) ?? []), path])
    })
  }
  return new Map([...declared].filter(([, paths]) => paths.length > 1))
}

function isTypeOnly(node: ts.Node): node is ts.InterfaceDeclaration | ts.TypeAliasDeclaration | ts.EnumDeclaration {
  return ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isEnumDeclaration(node)
}

/** Whether it keeps a name of before for another type: `@deprecated`, and `type Old = New`. */
function isOldName(node: ts.Node): boolean {
  return (
    ts.isTypeAliasDeclaration(node) && ts.isTypeReferenceNode(node.type) && ts.getJSDocDeprecatedTag(node) !== undefined
  )
}

/** Exports that give a name another one, `export { X as Y }`, each with its file. */
export function renamedExports(files: Files): readonly (readonly [path: string, names: string])[] {
  const found: (readonly [string, string])[] = []
  for (const [path, text] of files) {
    visit(parsed(path, text), (node) => {
      if (ts.isExportSpecifier(node) && node.propertyName !== undefined) {
        found.push([path, `${node.propertyName.text} as ${node.name.text}`])
      }
    })
  }
  return found
}

function parsed(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
}

function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node)
  ts.forEachChild(node, (child) => visit(child, see))
}
