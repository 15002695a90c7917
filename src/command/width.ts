/** How wide text is in a terminal: most of the Far East's letters, and emoji, take two columns; accents take none. */

const graphemes = new Intl.Segmenter()
const wide =
  /^(?:\p{Emoji_Presentation}|.\uFE0F|[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303E\uFF01-\uFF60\uFFE0-\uFFE6])/u

export function widthOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemes.segment(text)) width += wide.test(segment) ? 2 : 1
  return width
}

/** Cut, or filled up, to this width. */
export function fitted(text: string, width: number): string {
  let kept = text
  if (widthOf(text) > width) {
    kept = ''
    for (const { segment } of graphemes.segment(text)) {
      if (widthOf(kept + segment) >= width) break
      kept += segment
    }
    kept += '…'
  }
  return kept + ' '.repeat(width - widthOf(kept))
}
