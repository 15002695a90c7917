/** Buttons that change something in the process, each after a confirmation. Without controls there are none. */
import { useRef, useState } from 'preact/hooks'
import type { ControlAction, Hello } from '../../wire/messages.ts'
import { sendControl } from '../live/requests.ts'

interface ActionText {
  readonly button: string
  readonly question: (name: string) => string
}

const texts: Readonly<Record<ControlAction, ActionText>> = {
  isolate: { button: 'Isolate', question: (name) => `Isolate ${name}? It rejects every call until it is released.` },
  release: { button: 'Release', question: (name) => `Release ${name}? It accepts calls again.` },
  reset: { button: 'Reset', question: (name) => `Reset ${name}? It closes and clears its counts.` },
  drain: { button: 'Drain', question: (name) => `Drain ${name}? It gets no new calls.` },
  maintenance: {
    button: 'Maintain',
    question: (name) => `Put ${name} into maintenance? It gets no calls and no health checks.`,
  },
  ready: { button: 'Take back', question: (name) => `Take ${name} back? It gets calls again.` },
}

interface ControlsProps {
  readonly id: string
  readonly name: string
  /** Those that make sense in its present state. */
  readonly actions: readonly ControlAction[]
  readonly hello: Hello | undefined
}

export function Controls({ id, name, actions, hello }: ControlsProps) {
  const offered = actions.filter((action) => hello?.controls.includes(action) === true)
  const [chosen, choose] = useState<ControlAction | undefined>(undefined)
  const [error, setError] = useState<string | undefined>(undefined)
  const dialog = useRef<HTMLDialogElement>(null)
  if (offered.length === 0 && chosen === undefined) return null
  const open = (action: ControlAction): void => {
    choose(action)
    setError(undefined)
    // The dialog exists after the next rendering.
    requestAnimationFrame(() => dialog.current?.showModal())
  }
  const confirm = (): void => {
    void sendControl({ action: chosen as ControlAction, id }).then((failure) => {
      setError(failure)
      if (failure === undefined) dialog.current?.close()
    })
  }
  return (
    <span class="controls">
      {offered.map((action) => (
        <button key={action} type="button" aria-label={`${texts[action].button} ${name}`} onClick={() => open(action)}>
          {texts[action].button}
        </button>
      ))}
      {chosen !== undefined && (
        <dialog ref={dialog} aria-label={`${texts[chosen].button} ${name}`} onClose={() => choose(undefined)}>
          <p>{texts[chosen].question(name)}</p>
          {error !== undefined && (
            <p class="bad" role="alert">
              {error}
            </p>
          )}
          <div class="dialog-buttons">
            <button type="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
            <button type="button" class="strong" onClick={confirm}>
              {texts[chosen].button}
            </button>
          </div>
        </dialog>
      )}
    </span>
  )
}
