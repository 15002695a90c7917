// 99.9 % of the checkouts over 30 days: three bad minutes page an engineer and show how much of the budget they spent.
import { availabilityTracker } from 'holdfast/availability'
import { objective } from 'holdfast/objectives'
import { downtimeBudget } from 'holdfast/reliability'
import { virtualClock } from 'holdfast/testing'

const clock = virtualClock({ wall: Date.UTC(2026, 0, 1) })
const tracker = availabilityTracker({ clock })
tracker.on('burn', ({ severity, state, tier }) => console.log(severity, state, tier))

const checkout = objective(tracker, {
  name: 'checkout',
  target: 0.999,
  period: '30d',
  indicator: { kind: 'requests' },
})
for (let minute = 0; minute < 240; minute++) {
  const failing = minute >= 120 && minute < 123
  if (failing) checkout.bad(20)
  else checkout.good(20)
  await clock.advance('1m')
}

const { sli, errorBudget, burnRate } = checkout.report()
console.log(
  'good:',
  sli?.toFixed(4),
  'budget left:',
  errorBudget.remaining?.toFixed(3),
  'burn rate:',
  burnRate?.toFixed(1),
)
console.log('as time, 30 days allow', downtimeBudget(0.999, '30d') / 60_000, 'min')
tracker.close()
