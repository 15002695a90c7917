import { failoverPool, retry, twoChoices } from 'holdfast'
import { exponentialLatency, type MemberResult, type SimulationSlice, simulate } from 'holdfast/testing'
import { describe, expectTypeOf, it } from 'vitest'

const latency = exponentialLatency('10ms')
const policy = () => retry(0)

describe('simulate', () => {
  it('knows its members by name, from the options to the result', async () => {
    const result = await simulate({
      members: [
        { name: 'a', latency },
        { name: 'b', latency: '5ms' },
      ],
      policy: ({ members }) => {
        expectTypeOf(members).toEqualTypeOf<readonly ('a' | 'b')[]>()
        return failoverPool(members, { selection: twoChoices() })
      },
      report: ({ member, utilisation }) => {
        expectTypeOf(member).toEqualTypeOf<'a' | 'b'>()
        expectTypeOf(utilisation).toEqualTypeOf<number>()
      },
      rate: 1,
      calls: 1,
    })

    expectTypeOf(result.members.a).toEqualTypeOf<MemberResult>()
    expectTypeOf(result.series).toEqualTypeOf<readonly SimulationSlice<'a' | 'b'>[]>()
    expectTypeOf(result.latency.p99).toEqualTypeOf<number | null>()
    // @ts-expect-error no such member
    result.members.c
  })

  it('takes members made in a loop', async () => {
    const members = Array.from({ length: 3 }, (_, i) => ({ name: `m${i}`, latency }))
    const result = await simulate({ members, policy, rate: 1, calls: 1 })

    expectTypeOf(result.members['m0']).toEqualTypeOf<MemberResult | undefined>()
  })

  it('takes a duration or a number of calls, and not both', () => {
    const members = [{ name: 'a', latency }] as const
    // @ts-expect-error neither
    void simulate({ members, policy, rate: 1 })
    // @ts-expect-error both
    void simulate({ members, policy, rate: 1, calls: 1, duration: '1s' })
    // @ts-expect-error no policy
    void simulate({ members, policy: () => 5, rate: 1, calls: 1 })
  })

  it('knows the options of each fault', () => {
    const member = { name: 'a', latency } as const
    // @ts-expect-error a slow member needs a factor
    void simulate({ members: [{ ...member, faults: [{ kind: 'slow' }] }], policy, rate: 1, calls: 1 })
    // @ts-expect-error no such fault
    void simulate({ members: [{ ...member, faults: [{ kind: 'dead' }] }], policy, rate: 1, calls: 1 })
    void simulate({ members: [{ ...member, faults: [{ kind: 'flap', period: '1s' }] }], policy, rate: 1, calls: 1 })
  })
})
