/** All cases, in the order of the table. */
import { exporters } from './exporters.mjs'
import { footprint } from './footprint.mjs'
import { picks } from './picks.mjs'
import { policies } from './policies.mjs'
import { stacks } from './stacks.mjs'
import { windows } from './windows.mjs'

export const cases = [...policies, ...stacks, ...exporters, ...picks, ...windows, ...footprint]

/** Those named, by name or by the start of it; all where none is. */
export function chosen(names) {
  if (names.length === 0) return cases
  return names.flatMap((name) => {
    const found = cases.filter((each) => each.name === name)
    const like = found.length > 0 ? found : cases.filter((each) => each.name.startsWith(name))
    if (like.length > 0) return like
    throw new Error(`no case ${name}; there are ${cases.map((each) => each.name).join(', ')}`)
  })
}
