import { publishDiagnostics } from 'holdfast/diagnostics'
import { expect, it } from 'vitest'
import { fivePolicies, overheadOf } from '../../support/overhead.ts'

// Wall time: another run of a busy machine may do better.
it('costs next to nothing while no subscriber listens', { retry: 2 }, async () => {
  const published = fivePolicies('published')
  publishDiagnostics({ policies: [published] })

  const [asleep] = await overheadOf(published)

  // On a quiet machine 1.03.
  expect(asleep).toBeLessThan(1.5)
})
