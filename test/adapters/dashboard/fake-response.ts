import { vi } from 'vitest'

/** A response of node:http whose state and events a test controls. */
export function fakeResponse() {
  const listeners = new Map<string, () => void>()
  const response = {
    statusCode: 0,
    writableLength: 0,
    destroyed: false,
    text: '',
    setHeader: vi.fn(),
    end: vi.fn(),
    on: (event: string, listener: () => void) => listeners.set(event, listener),
    write(text: string): boolean {
      response.text += text
      return true
    },
    destroy: vi.fn(),
  }
  return { response, emit: (event: string) => listeners.get(event)?.() }
}
