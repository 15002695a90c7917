/** The sign and label of a state. The sign is for users who see no colours, the label for those who see neither. */
import { labelOf, type Tone } from '../text/states.ts'

const signs: Readonly<Record<Tone, string>> = {
  good: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Z',
  weak: 'M8 1 15.5 14.5H.5Z',
  bad: 'M1.5 1.5h13v13h-13Z',
  planned: 'M8 .5 15.5 8 8 15.5 .5 8Z',
  none: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Zm0 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8Z',
}

export function Sign({ tone }: { readonly tone: Tone }) {
  return (
    <svg class={`sign ${tone}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={signs[tone]} fill-rule="evenodd" />
    </svg>
  )
}

export function Mark({ state }: { readonly state: string }) {
  const { tone, text } = labelOf(state)
  return (
    <span class={`mark ${tone}`} data-state={state}>
      <Sign tone={tone} />
      {text}
    </span>
  )
}
