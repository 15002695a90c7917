/** Figures with their names. */

/** `long` is what an abbreviation stands for. */
export type Figure = readonly [name: string, value: string | number, long?: string]

export function Facts({ facts }: { readonly facts: readonly Figure[] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value, long]) => (
        <div key={name}>
          <dt>{long === undefined ? name : <abbr title={long}>{name}</abbr>}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
