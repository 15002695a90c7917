/**
 * A process that registers itself and does nothing else, until SIGTERM: then it must end by itself.
 *
 *   <connect> <sessionTimeout> <path> <target>
 */
import { register } from 'holdfast/zookeeper'

const [, , connect = '', sessionTimeout, path = '', target = ''] = process.argv
const registration = register({
  connect,
  sessionTimeout: Number(sessionTimeout),
  path,
  member: { target },
  onState: (state) => console.log(`state ${state}`),
  onFault: ({ error }) => console.log(`error ${String(error)}`),
})
registration.ready().then(
  () => console.log(`ready ${registration.path}`),
  (error) => console.log(`never ${String(error)}`),
)
process.once('SIGTERM', () => void registration.close().then(() => console.log('closed')))
