// Options of the command line.
import { parseArgs } from 'node:util'

function positive(name, value) {
  const number = Number(value)
  if (Number.isFinite(number) && number > 0) return number
  throw new TypeError(`--${name} must be a number > 0, got ${value}`)
}

/** A port; 0, any free one, if none is given. */
function port(name, value) {
  if (value === undefined) return undefined
  if (value === '') return 0
  const number = Number(value)
  if (/^\d+$/.test(value) && number >= 1 && number <= 65_535) return number
  throw new TypeError(`--${name} must be a port from 1 to 65535, got ${value}`)
}

/** Options whose value is optional, which `parseArgs` does not support. */
const open = ['--dashboard', '--metrics']

export function options(argv) {
  const { values } = parseArgs({
    args: argv.map((arg) => (open.includes(arg) ? `${arg}=` : arg)),
    options: {
      seconds: { type: 'string', default: '20' },
      rate: { type: 'string', default: '100' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      dashboard: { type: 'string' },
      metrics: { type: 'string' },
    },
  })
  const seconds = positive('seconds', values.seconds)
  if (seconds < 5) throw new TypeError('--seconds must be at least 5: shorter outages are not told from noise')
  return {
    seconds,
    rate: positive('rate', values.rate),
    seed: Math.trunc(positive('seed', values.seed)),
    json: values.json,
    dashboard: port('dashboard', values.dashboard),
    metrics: port('metrics', values.metrics),
  }
}
