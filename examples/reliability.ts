// A shop on paper: how available it can be, what to fix first, and what one more replica would gain.
import { component, formatPercent, importance, parallel, replicas, series, whatIf } from 'holdfast/reliability'

const shop = series(
  component('gateway', 0.9999),
  parallel(...replicas(2, component('auth', 0.999))),
  component('orders', 0.9995),
)
console.log('the shop:', formatPercent(shop.availability))
for (const { component: name, criticality } of importance(shop)) {
  console.log(name, 'has a hand in', formatPercent(criticality), 'of the downtime')
}
console.log(whatIf(shop, { component: 'orders', replicas: 1 }).sentence)
