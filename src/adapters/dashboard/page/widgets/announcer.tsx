/**
 * Announces changes of components to screen readers, at most once in three seconds and then all at once, so that a bad minute
 * does not talk without end.
 */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { ComponentFact } from '../../wire/facts.ts'
import { labelOf } from '../text/states.ts'

const pause = 3000
const maxNamed = 3

export function Announcer({ components }: { readonly components: readonly ComponentFact[] }) {
  const [text, setText] = useState('')
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
      const named = changed.slice(0, maxNamed).map(({ name, state }) => `${name} is ${labelOf(state).text}`)
      const more = changed.length - named.length
      setText(`${named.join(', ')}${more > 0 ? `, and ${more} more changed` : ''}.`)
    }, pause)
    return () => window.clearInterval(timer)
  }, [])
  return (
    <p class="unseen" role="status">
      {text}
    </p>
  )
}
