/** Values of options, as `explain()` writes them. */
import { isBackoff } from '../core/backoff.ts'
import { isRecord, show } from '../core/options.ts'

/** The value of an option, as text. */
export function written(value: unknown): string {
  if (isBackoff(value)) return `${value.kind}(${pairs(value.options)})`
  if (isRecord(value) && typeof value['rule'] === 'string' && isRecord(value['options'])) {
    return `${value['rule']}(${pairs(value['options'])})`
  }
  if (isRecord(value) && Object.getPrototypeOf(value) === Object.prototype) return `{ ${pairs(value)} }`
  return show(value)
}

function pairs(options: object): string {
  return Object.entries(options)
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(' ') : show(value)}`)
    .join(', ')
}
