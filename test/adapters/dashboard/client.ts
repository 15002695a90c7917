/** Asks a dashboard as `fetch` asks, and reads its stream event by event. */
import type { Dashboard } from 'holdfast/dashboard'
import type { Fact } from '../../../src/adapters/dashboard/wire/facts.ts'
import type { Frame, Hello } from '../../../src/adapters/dashboard/wire/messages.ts'

export const url = 'http://service/board'

export function ask(board: Dashboard, query = '', init: RequestInit = {}): Promise<Response> {
  return board.handler(new Request(url + query, init))
}

export async function data<Data>(board: Dashboard, query: string): Promise<Data> {
  const response = await ask(board, query)
  if (response.status !== 200) throw new Error(`${query}: ${response.status} ${await response.text()}`)
  return (await response.json()) as Data
}

/** Asks for something to be done, as the page does. */
export function control(
  board: Dashboard,
  action: string,
  id: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return ask(board, '?control', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin', ...headers },
    body: JSON.stringify({ action, id }),
  })
}

export interface Stream {
  readonly hello: Hello
  /** The facts as a page has them. */
  readonly facts: Map<string, Fact>
  /** All frames that have come since it was asked last. */
  frames(): Promise<readonly Frame[]>
  /** All that has come as text. */
  readonly text: string
  readonly ended: boolean
  leave(): Promise<void>
}

/** Opens the stream, as a page does, and keeps its facts. */
export async function open(board: Dashboard): Promise<Stream> {
  const response = await ask(board, '?events')
  if (response.status !== 200) throw new Error(`${response.status}`)
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  let [text, read, ended] = ['', 0, false]
  const pump = (async () => {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      text += decoder.decode(value, { stream: true })
    }
  })()
  pump.then(
    () => (ended = true),
    () => (ended = true),
  )
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  const next = (): (readonly [string, unknown])[] => {
    const events = text
      .slice(read)
      .split('\n\n')
      .slice(0, -1)
      .map((event) => {
        const fields = event.split('\n').map((line) => /^(\w+): (.*)$/s.exec(line) as RegExpExecArray)
        const of = (name: string) => fields.find(([, field]) => field === name)?.[2] ?? ''
        return [of('event'), JSON.parse(of('data'))] as const
      })
    read = text.lastIndexOf('\n\n') + 2
    return events
  }
  await settled()
  const [[, first]] = next() as [[string, Hello]]
  const facts = new Map(Object.entries(first.facts))
  return {
    hello: first,
    facts,
    async frames() {
      await settled()
      const frames = next().map(([, frame]) => frame as Frame)
      for (const { set = {}, removed = [] } of frames) {
        for (const [id, fact] of Object.entries(set)) facts.set(id, fact)
        for (const id of removed) facts.delete(id)
      }
      return frames
    },
    get text() {
      return text
    },
    get ended() {
      return ended
    },
    leave: () => reader.cancel(),
  }
}
