/**
 * Says to screen readers what became better or worse; never more than once in three seconds, and then all at once, so that
 * a bad minute does not talk without end.
 */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { ComponentFact } from '../../wire/facts.ts'
import { wordOf } from '../text/states.ts'

const pause = 3000
const named = 3

export function Announcer({ components }: { readonly components: readonly ComponentFact[] }) {
  const [said, say] = useState('')
  const known = useRef<Map<string, string> | undefined>(undefined)
  const latest = useRef(components)
  latest.current = components
  useEffect(() => {
    const timer = window.setInterval(() => {
      const before = known.current
      known.current = new Map(latest.current.map(({ name, state }) => [name, state]))
      if (before === undefined) return
      const changed = latest.current.filter(({ name, state }) => (before.get(name) ?? state) !== state)
      if (changed.length === 0) return
      const told = changed.slice(0, named).map(({ name, state }) => `${name} is ${wordOf(state).text}`)
      const more = changed.length - told.length
      say(`${told.join(', ')}${more > 0 ? `, and ${more} more changed` : ''}.`)
    }, pause)
    return () => window.clearInterval(timer)
  }, [])
  return (
    <p class="unseen" role="status">
      {said}
    </p>
  )
}
