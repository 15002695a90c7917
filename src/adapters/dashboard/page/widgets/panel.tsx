/** A section of the page, with a heading that links can jump to. */
import type { ComponentChildren } from 'preact'

interface PanelProps {
  readonly id: string
  readonly title: string
  /** Beside the heading. */
  readonly aside?: ComponentChildren
  readonly children: ComponentChildren
}

export function Panel({ id, title, aside, children }: PanelProps) {
  return (
    <section class="panel" id={id} aria-labelledby={`${id}-title`}>
      <div class="panel-head">
        <h2 id={`${id}-title`} tabIndex={-1}>
          {title}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  )
}
