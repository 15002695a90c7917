import { describe, expect, it } from 'vitest'
import { rejectionProbability } from '../../src/throttle/probability.ts'
import vectors from '../data/policies/throttle.json'

interface Loop {
  readonly window: number
  readonly cap: number
  readonly multiplier: number
  /** The throttle counts only what it sends. */
  readonly sentOnly?: true
}

/** Expected values of a closed loop: 10 calls a second, and a server that refuses all of them for a minute. */
function recovery({ window, cap, multiplier, sentOnly }: Loop) {
  const seconds: { probability: number; sent: number; requests: number; accepts: number }[] = []
  for (let second = 0; second < 1200; second++) {
    // The present second is the last one of the window.
    const recent = seconds.slice(1 - window)
    const requests = recent.reduce((sum, known) => sum + known.requests, 0)
    const accepts = recent.reduce((sum, known) => sum + known.accepts, 0)
    const probability = rejectionProbability(requests, accepts, multiplier, 1 - cap)
    const sent = 10 * (1 - probability)
    seconds.push({ probability, sent, requests: sentOnly ? sent : 10, accepts: second < 60 ? 0 : sent })
  }
  return seconds
}

const loops: Readonly<Record<keyof typeof vectors.recovery, Loop | undefined>> = {
  note: undefined,
  window120floor0: { window: 120, cap: 1, multiplier: 2 },
  'window120floor10%': { window: 120, cap: 0.9, multiplier: 2 },
  'window30floor10%': { window: 30, cap: 0.9, multiplier: 2 },
  'window10floor10%': { window: 10, cap: 0.9, multiplier: 2 },
  'window30floor5%': { window: 30, cap: 0.95, multiplier: 2 },
  'failsafeGoWindow60cap.9': { window: 60, cap: 0.9, multiplier: 1 / 0.9, sentOnly: true },
  'failsafeGoWindow30cap.9': { window: 30, cap: 0.9, multiplier: 1 / 0.9, sentOnly: true },
}

describe('rejectionProbability', () => {
  it.each(vectors.sre)('is that of the SRE book: $accepts of $requests, K $K', ({ requests, accepts, K, p }) => {
    expect(rejectionProbability(requests, accepts, K, 0)).toBeCloseTo(p, 8)
  })

  it.each(vectors.envoy)('is that of Envoy: $successes of $requests, aggression $aggression', (vector) => {
    const { requests, successes, threshold, aggression, p } = vector
    const linear = rejectionProbability(requests, successes, 1 / threshold, 0)
    expect(Math.min(0.8, linear ** (1 / aggression))).toBeCloseTo(p, 8)
  })

  it.each(vectors.failsafeGo)('is that of failsafe-go: $successes of $executions', ({ executions, successes, p }) => {
    expect(rejectionProbability(executions, successes, 1 / 0.9, 0.1)).toBeCloseTo(p, 8)
  })

  it.each(Object.entries(loops).filter(([, loop]) => loop !== undefined))('recovers as computed: %s', (name, loop) => {
    const expected = vectors.recovery[name as Exclude<keyof typeof vectors.recovery, 'note'>]
    const seconds = recovery(loop as Loop)
    for (const { second, p, sent } of expected.trace) {
      expect(seconds[second]?.probability).toBeCloseTo(p, 5)
      expect(seconds[second]?.sent).toBeCloseTo(sent, 2)
    }
    const back = seconds.findIndex(({ probability }, second) => second >= 60 && probability <= 0.05)
    expect(back - 60).toBe(expected['secondsToP<=0.05AfterRecovery'])
  })
})
