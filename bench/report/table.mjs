/** What was found, as Markdown. */
import { bytes, ratio } from './number.mjs'
import { judged } from './target.mjs'

const titles = {
  policies: 'Policies alone',
  stacks: 'Policies around each other',
  exporters: 'Four policies, read by an exporter',
  picks: 'Picks and windows',
  footprint: 'Before the first call',
}

const row = (cells) => `| ${cells.join(' | ')} |`
const value = ({ ratio: of, bytes: held }) => (of === undefined ? bytes(held) : ratio(of.median))

function own({ ratio: of, bytes: held }) {
  if (of === undefined) return bytes(held)
  return `**${ratio(of.median)}** (${ratio(of.min)}–${ratio(of.max)})`
}

/** Peers, the nearest first; bytes beyond the bare call behind the ratio. */
function peers(found) {
  const rest = Object.entries(found).filter(([name]) => !['holdfast', 'limit'].includes(name))
  const order = ([, one]) => one.ratio?.median ?? one.bytes
  return rest
    .sort((a, b) => order(a) - order(b))
    .map(([name, one]) => {
      const behind = one.ratio !== undefined && one.bytes !== undefined ? `, ${bytes(one.bytes)} B` : ''
      return `${name === 'without' ? 'the same without' : name} ${value(one)}${behind}`
    })
    .join('; ')
}

function line({ test, found }) {
  const { holdfast, limit } = found
  const held = holdfast.ratio !== undefined && holdfast.bytes !== undefined ? bytes(holdfast.bytes) : ''
  return row([
    `${test.title} (\`${test.name}\`)`,
    own(holdfast),
    held,
    limit === undefined ? '' : value(limit),
    peers(found),
    judged(test, found).join('; '),
  ])
}

/** `results` are `{ test, found }`, in order. */
export function table(results) {
  const out = []
  for (const [group, title] of Object.entries(titles)) {
    const some = results.filter(({ test }) => test.group === group)
    if (some.length === 0) continue
    out.push(`#### ${title}`, '')
    out.push(row(['case', 'holdfast', 'bytes', 'limit', 'peers', 'target']), '|---|---|---|---|---|---|')
    out.push(...some.map(line), '')
  }
  return out.join('\n')
}
