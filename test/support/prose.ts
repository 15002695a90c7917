/** The prose of a file: what people read beside the code. Markdown, comments of TypeScript and CSS, titles of tests. */
import ts from 'typescript'

export interface Prose {
  /** The line of the file that the text begins in, from 1. */
  readonly line: number
  /** Without the marks of a comment; line breaks are kept. */
  readonly text: string
}

/** The text of a Markdown page; of its code blocks only the comments. Code spans are blanked. */
export function proseOfMarkdown(text: string): readonly Prose[] {
  return [{ line: 1, text: withoutCode(text) }]
}

/** The comments of a TypeScript file, docblocks included. Line comments that follow each other are one text. */
export function commentsOf(text: string): readonly Prose[] {
  const file = ts.createSourceFile('file.tsx', text, ts.ScriptTarget.Latest, true)
  const found = new Map<number, number>()
  const note = (ranges: readonly ts.CommentRange[] | undefined): void => {
    for (const { pos, end } of ranges ?? []) found.set(pos, end)
  }
  const visit = (node: ts.Node): void => {
    // The text between JSX tags has no comments, whatever it looks like.
    if (node.kind !== ts.SyntaxKind.JsxText) {
      note(ts.getLeadingCommentRanges(text, node.pos))
      note(ts.getTrailingCommentRanges(text, node.pos))
    }
    for (const child of node.getChildren(file)) visit(child)
  }
  visit(file)
  const pieces: { line: number; text: string; next: number }[] = []
  for (const [pos, end] of [...found].sort(([one], [other]) => one - other)) {
    const line = file.getLineAndCharacterOfPosition(pos).line + 1
    const comment = text.slice(pos, end)
    const last = pieces.at(-1)
    if (comment.startsWith('//') && last?.next === line) {
      last.text += `\n${comment.slice(2)}`
      last.next += 1
    } else pieces.push({ line, text: unmarked(comment), next: comment.startsWith('//') ? line + 1 : -1 })
  }
  return pieces.map((piece) => ({ line: piece.line, text: withoutCode(piece.text) }))
}

/** The comments of a style sheet. */
export function commentsOfCss(text: string): readonly Prose[] {
  return [...text.matchAll(/\/\*.*?\*\//gs)].map(({ 0: comment, index }) => ({
    line: text.slice(0, index).split('\n').length,
    text: withoutCode(unmarked(comment)),
  }))
}

/** The titles that a test file gives to `describe`, `it` and `test`, also by `each`. */
export function titlesOf(text: string): readonly Prose[] {
  const file = ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest, true)
  const found: Prose[] = []
  const visit = (node: ts.Node): void => {
    const title = ts.isCallExpression(node) && declares(node.expression) ? node.arguments[0] : undefined
    if (title !== undefined && (ts.isStringLiteralLike(title) || ts.isTemplateExpression(title))) {
      const line = file.getLineAndCharacterOfPosition(title.getStart()).line + 1
      found.push({
        line,
        text: withoutCode(
          title
            .getText()
            .slice(1, -1)
            .replaceAll('\\`', '`')
            .replace(/\$\{[^}]*\}/g, ''),
        ),
      })
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

/** Whether a call of this declares a test: `it`, `it.skipIf(x)`, `describe.each(rows)`. */
function declares(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return ['describe', 'it', 'test'].includes(callee.text)
  return (ts.isPropertyAccessExpression(callee) || ts.isCallExpression(callee)) && declares(callee.expression)
}

function unmarked(comment: string): string {
  return comment
    .replace(/^\/\*+|\*\/$|^\/\//g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
}

/** Keeps the lines, so that positions stay right. A value that a comment claims (`// => value`) is code. */
function withoutCode(text: string): string {
  let fenced = false
  return text
    .split('\n')
    .map((line) => {
      if (/^\s*(```|~~~)/.test(line)) {
        fenced = !fenced
        return ''
      }
      return fenced ? (/\/\/(?! =>)(.*)$/.exec(line)?.[1] ?? '') : line.replace(/`[^`]+`/g, '``')
    })
    .join('\n')
}
