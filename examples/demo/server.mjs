// One replica: an HTTP server in a process of its own. It answers normally, or with 500 on request.
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
// The parent has ended: no process may stay behind.
process.on('disconnect', () => process.exit())
process.on('SIGINT', () => {})

server.listen(Number(port), '127.0.0.1', () => process.send({ port: server.address().port }))
