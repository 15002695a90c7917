/**
 * A service in a process of its own. It works for `WORK` ms, and then asks the next service, if there is one, in the header form of
 * `FORM`. It answers with what it was given to each of the services, in order.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  currentCall,
  type DeadlineForm,
  isRejection,
  pipeline,
  readDeadline,
  runWithCall,
  timeout,
  writeDeadline,
} from './parts.ts'

const { NEXT, FORM, WORK, ATTEMPT } = process.env
const next = pipeline({ name: 'next', inherit: true }, timeout('5s'))
let begun = 0

async function work(): Promise<readonly number[]> {
  begun += 1
  const given = currentCall()?.remaining ?? -1
  await sleep(Number(WORK))
  if (NEXT === undefined) return [given]
  const rest = await next.execute(async (call) => {
    const headers = writeDeadline(new Headers(), call, { as: FORM as DeadlineForm, attempt: Number(ATTEMPT) })
    const response = await fetch(NEXT, { headers, signal: call.signal })
    if (!response.ok) throw new Error(`next: HTTP ${response.status}`)
    return (await response.json()) as number[]
  })
  return [given, ...rest]
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/begun') {
    response.end(String(begun))
    return
  }
  try {
    response.end(JSON.stringify(await runWithCall({ deadline: readDeadline(request.headers) }, work)))
  } catch (error) {
    response.writeHead(isRejection(error) ? 504 : 502).end(String(isRejection(error) ? error.code : error))
  }
}

const server = createServer((request, response) => void answer(request, response))
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`)
})
process.on('disconnect', () => process.exit())
