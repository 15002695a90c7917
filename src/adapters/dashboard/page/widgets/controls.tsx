/** Buttons that change something in the process, each asked about once more. Without controls there are none. */
import { useRef, useState } from 'preact/hooks'
import type { ControlAction, Hello } from '../../wire/facts.ts'
import { control } from '../live/requests.ts'

interface Words {
  readonly button: string
  readonly question: (name: string) => string
}

const words: Readonly<Record<ControlAction, Words>> = {
  isolate: { button: 'Isolate', question: (name) => `Isolate ${name}? It refuses every call until it is released.` },
  release: { button: 'Release', question: (name) => `Release ${name}? It takes calls again.` },
  reset: { button: 'Reset', question: (name) => `Reset ${name}? It closes, and forgets what it has counted.` },
  drain: { button: 'Drain', question: (name) => `Drain ${name}? It gets no new calls.` },
  maintenance: {
    button: 'Maintain',
    question: (name) => `Put ${name} into maintenance? No calls and no checks go to it.`,
  },
  ready: { button: 'Take back', question: (name) => `Take ${name} back? It gets calls again.` },
}

interface Properties {
  readonly id: string
  readonly name: string
  /** Those that make sense for it now. */
  readonly actions: readonly ControlAction[]
  readonly hello: Hello | undefined
}

export function Controls({ id, name, actions, hello }: Properties) {
  const offered = actions.filter((action) => hello?.controls.includes(action) === true)
  const [asked, ask] = useState<ControlAction | undefined>(undefined)
  const [refused, refuse] = useState<string | undefined>(undefined)
  const dialog = useRef<HTMLDialogElement>(null)
  if (offered.length === 0 && asked === undefined) return null
  const begin = (action: ControlAction): void => {
    ask(action)
    refuse(undefined)
    // The dialog is there from the next drawing on.
    requestAnimationFrame(() => dialog.current?.showModal())
  }
  const confirm = (): void => {
    void control({ action: asked as ControlAction, id }).then((why) => {
      refuse(why)
      if (why === undefined) dialog.current?.close()
    })
  }
  return (
    <span class="controls">
      {offered.map((action) => (
        <button key={action} type="button" aria-label={`${words[action].button} ${name}`} onClick={() => begin(action)}>
          {words[action].button}
        </button>
      ))}
      {asked !== undefined && (
        <dialog ref={dialog} aria-label={`${words[asked].button} ${name}`} onClose={() => ask(undefined)}>
          <p>{words[asked].question(name)}</p>
          {refused !== undefined && (
            <p class="bad" role="alert">
              {refused}
            </p>
          )}
          <div class="dialog-buttons">
            <button type="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
            <button type="button" class="strong" onClick={confirm}>
              {words[asked].button}
            </button>
          </div>
        </dialog>
      )}
    </span>
  )
}
