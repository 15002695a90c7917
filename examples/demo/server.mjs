// One replica: an HTTP server in a process of its own. It answers, or answers 500 while it is told to.
import { createServer } from 'node:http'

const [name, port] = process.argv.slice(2)
let failing = false

const server = createServer((_request, response) => {
  response.statusCode = failing ? 500 : 200
  response.end(JSON.stringify({ from: name }))
})

process.on('message', (message) => {
  failing = message === 'fail'
})
// The parent is gone: nothing may stay behind.
process.on('disconnect', () => process.exit())
process.on('SIGINT', () => {})

server.listen(Number(port), '127.0.0.1', () => process.send({ port: server.address().port }))
