// Two tenants: the busy one hardly noticed an outage, the quiet one was down for half of its time.
import { virtualClock } from 'holdfast/testing'
import { userUptime } from 'holdfast/user-uptime'

const clock = virtualClock()
const tenants = userUptime({ clock, cutoff: '30m' })
for (let minute = 0; minute < 60; minute++) {
  tenants.record('busy', minute !== 30)
  if (minute % 10 === 0) tenants.record('quiet', minute < 30)
  await clock.advance('1m')
}

const report = tenants.report()
console.log('uptime of all tenants:', report.userUptime?.toFixed(3))
console.log('the worst 10 minutes:', tenants.mcr('10m')?.toFixed(3))
