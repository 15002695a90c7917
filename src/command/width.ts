/** The width of text in a terminal: most East Asian characters and emoji take two columns, combining marks none. */

/** Expensive to create, rarely needed. */
let graphemes: Intl.Segmenter | undefined
const wide =
  /^(?:\p{Emoji_Presentation}|.\uFE0F|(?=[\u{1100}-\u{FF60}\u{FFE0}-\u{10FFFF}])[\p{scx=Han}\p{scx=Hang}\p{scx=Hira}\p{scx=Kana}\u3000\uFF01-\uFF60\uFFE0-\uFFE6])/u

export function widthOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length
  let width = 0
  for (const segment of letters(text)) width += wide.test(segment) ? 2 : 1
  return width
}

/** Truncates or pads text to this width. */
export function fitted(text: string, width: number): string {
  let kept = text
  if (widthOf(text) > width) {
    kept = ''
    for (const segment of letters(text)) {
      if (widthOf(kept + segment) >= width) break
      kept += segment
    }
    kept += '…'
  }
  return kept + ' '.repeat(width - widthOf(kept))
}

function* letters(text: string): Iterable<string> {
  graphemes ??= new Intl.Segmenter()
  for (const { segment } of graphemes.segment(text)) yield segment
}
