/** An instant, with the whole of it for who asks. */
import { isoOf, unknown, whenText } from '../text/numbers.ts'

export function When({ at, now }: { readonly at: number | null; readonly now: number }) {
  if (at === null) return <span class="soft">{unknown}</span>
  return (
    <time dateTime={isoOf(at)} title={isoOf(at)}>
      {whenText(at, now)}
    </time>
  )
}
