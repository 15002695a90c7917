import { holdfastMetrics } from 'holdfast/prometheus'
import { Registry } from 'prom-client'
import { expect, it } from 'vitest'
import { fivePolicies, overheadOf } from '../../support/overhead.ts'

// Wall time: another run of a busy machine may do better.
it('costs little while metrics are exported, and nothing after that', { retry: 2 }, async () => {
  const [counted, freed] = [fivePolicies('counted'), fivePolicies('freed')]
  holdfastMetrics({ registry: new Registry(), policies: [counted] })
  holdfastMetrics({ registry: new Registry(), policies: [freed] }).stop()

  const [on, off] = await overheadOf(counted, freed)

  // On a quiet machine 1.1 and 1.0.
  expect(on).toBeLessThan(2.4)
  expect(off).toBeLessThan(1.5)
})
