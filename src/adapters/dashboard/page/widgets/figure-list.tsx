/** A list of figures with their names. */

/** `long` is the meaning of an abbreviated name; `more` is a remark beside the value. */
export type NamedFigure = readonly [name: string, value: string | number, long?: string | undefined, more?: string]

export function FigureList({ figures }: { readonly figures: readonly NamedFigure[] }) {
  return (
    <dl class="facts">
      {figures.map(([name, value, long, more]) => (
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
