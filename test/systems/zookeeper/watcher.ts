/**
 * A process that watches members, says who they are, closes its pool, and must then end by itself.
 *
 *   <connect> <sessionTimeout> <path>
 */
import { failoverPool } from 'holdfast/failover'
import { zookeeperMembers } from 'holdfast/zookeeper'

const [, , connect = '', sessionTimeout, path = ''] = process.argv
const source = zookeeperMembers({ connect, sessionTimeout: Number(sessionTimeout), path })
const pool = failoverPool(source, { maxWait: 200 })
pool.on('fault', () => {})
void pool.ready().then(() => {
  console.log(`members ${pool.members.map(({ name }) => name).join()}`)
  const closed = performance.now()
  process.once('exit', () => console.log(`lived ${performance.now() - closed}`))
  pool.close()
})
