/** A part of the page, with a heading to jump to. */
import type { ComponentChildren } from 'preact'

interface Properties {
  readonly id: string
  readonly title: string
  /** Beside the heading. */
  readonly aside?: ComponentChildren
  readonly children: ComponentChildren
}

export function Panel({ id, title, aside, children }: Properties) {
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
