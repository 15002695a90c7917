import { type HedgeOptions, hedge } from 'holdfast'
import { describe, expect, it } from 'vitest'
import { fixture } from './fixture.ts'

describe('the options of a hedge', () => {
  for (const [group, { make, refused }] of Object.entries(fixture.options)) {
    for (const [option, values] of Object.entries(refused)) {
      it(`refuse what is no ${group} ${option}`, () => {
        for (const value of values) {
          expect(() => make({ [option]: value } as never)).toThrow(`${group}: ${option} must be `)
        }
      })
    }
  }

  it('take what is one', () => {
    const fine: HedgeOptions = {
      after: { quantile: 0.9, min: 0, samples: 1, initial: '1s' },
      hedges: 10,
      wins: 'any',
      startOnFailure: false,
      idempotent: true,
      dispose: () => {},
    }
    expect(() => hedge(fine)).not.toThrow()
  })
})
