/**
 * What must hold in every built file, whatever the bundler did to it.
 *
 * A CommonJS file writes its exports at its top and nowhere else: a write in a function or a class runs whenever that code
 * runs, and replaces what the file exports. And every module of Node is asked for by its `node:` name, the only one that
 * Deno, workerd and bundlers for browsers know.
 */
import { isBuiltin } from 'node:module'
import ts from 'typescript'

/** Faults of one built file, each with its line. */
export function faultsOf(path, text) {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const faults = []
  const add = (node, words) => {
    faults.push(`${path}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${words}`)
  }
  const visit = (node, deep) => {
    if (deep && path.endsWith('.cjs') && isExports(node)) add(node, '`exports` inside a function or a class')
    const asked = moduleOf(node)
    if (asked !== undefined && isBuiltin(asked) && !asked.startsWith('node:')) add(node, `'${asked}' without node:`)
    const inside = deep || ts.isFunctionLike(node) || ts.isClassLike(node)
    ts.forEachChild(node, (child) => visit(child, inside))
  }
  visit(file, false)
  return faults
}

/** `exports` itself, be it that of `module`; not a property of something else by that name. */
function isExports(node) {
  if (!ts.isIdentifier(node) || node.text !== 'exports') return false
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) {
    return ts.isIdentifier(parent.expression) && parent.expression.text === 'module'
  }
  return !(ts.isPropertyAssignment(parent) && parent.name === node)
}

/** The module that an import, a type, a re-export or a `require` asks for, by whatever name `require` goes after minifying. */
function moduleOf(node) {
  const literal = specifierOf(node)
  return literal !== undefined && ts.isStringLiteralLike(literal) ? literal.text : undefined
}

function specifierOf(node) {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier
  if (ts.isImportTypeNode(node)) return node.argument.literal
  return ts.isCallExpression(node) && node.arguments.length === 1 && isLoader(node.expression)
    ? node.arguments[0]
    : undefined
}

function isLoader(callee) {
  return callee.kind === ts.SyntaxKind.ImportKeyword || ts.isIdentifier(callee)
}
