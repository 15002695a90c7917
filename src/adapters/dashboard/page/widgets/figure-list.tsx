/** Figures with their names. */

/** `long` is what an abbreviation stands for; `more` is said beside the value. */
export type Figure = readonly [name: string, value: string | number, long?: string | undefined, more?: string]

export function Facts({ facts }: { readonly facts: readonly Figure[] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value, long, more]) => (
        <div key={name}>
          <dt>{long === undefined ? name : <abbr title={long}>{name}</abbr>}</dt>
          <dd>
            {value}
            {more !== undefined && <small class="soft">{more}</small>}
          </dd>
        </div>
      ))}
    </dl>
  )
}
