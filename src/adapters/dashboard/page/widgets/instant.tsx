/** An instant as text, with its full ISO form as the tooltip. */
import { isoOf, unknown, whenText } from '../text/numbers.ts'

export function Instant({ at, now }: { readonly at: number | null; readonly now: number }) {
  if (at === null) return <span class="soft">{unknown}</span>
  return (
    <time dateTime={isoOf(at)} title={isoOf(at)}>
      {whenText(at, now)}
    </time>
  )
}
