/**
 * What Grafana's own JSON schemas say of a dashboard: of the whole, of the options of each panel, and of each query. The schema
 * of the whole leaves panels' options open, for panels are plugins; those have schemas of their own.
 */
import { readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'

export interface Panel {
  readonly type: string
  readonly title?: string
  readonly options?: unknown
  readonly fieldConfig?: { readonly defaults?: { readonly custom?: unknown } }
  readonly targets?: readonly unknown[]
}

/** The schema of a panel's type; nothing, where it has none. */
const files: Readonly<Record<string, string | undefined>> = {
  timeseries: 'timeseries',
  stat: 'stat',
  'state-timeline': 'statetimeline',
  row: undefined,
}

// They say more than JSON Schema knows: `strict` would refuse them.
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false })

for (const name of ['dashboard', 'prometheus', 'timeseries', 'stat', 'statetimeline']) {
  const text = readFileSync(new URL(`../data/grafana/${name}.jsonschema.json`, import.meta.url), 'utf8')
  ajv.addSchema(JSON.parse(text) as object, name)
}

function said(reference: string, value: unknown, where: string): readonly string[] {
  // A panel need not have a part that its schema describes.
  const validate: ValidateFunction | undefined = ajv.getSchema(reference)
  if (validate === undefined) throw new Error(`no schema ${reference}`)
  if (validate(value) === true) return []
  return (validate.errors ?? []).map(({ instancePath, message }) => `${where}${instancePath} ${message}`)
}

/** What is wrong, in words; nothing where all is well. */
export function complaints(dashboard: { readonly panels?: readonly Panel[] }): readonly string[] {
  const { panels = [] } = dashboard
  return [
    ...said('dashboard', dashboard, 'dashboard'),
    ...panels.flatMap(({ type, title = type, options, fieldConfig, targets = [] }) => {
      if (!(type in files)) return [`${title}: no schema of panels of type ${type}`]
      const file = files[type]
      if (file === undefined) return []
      const custom = fieldConfig?.defaults?.custom
      return [
        ...(options === undefined ? [] : said(`${file}#/definitions/Options`, options, `${title}: options`)),
        ...(custom === undefined ? [] : said(`${file}#/definitions/FieldConfig`, custom, `${title}: custom`)),
        ...targets.flatMap((target) => said('prometheus', target, `${title}: target`)),
      ]
    }),
  ]
}
