import { describe, expect, it } from 'vitest'
import { PriorityClasses } from '../../src/throttle/priority-classes.ts'

const rules = { multiplier: 2, window: 1000, floor: 0, minimumCalls: 1 }

function counted(classes: PriorityClasses, priority: number, accepts: number, refusals: number): void {
  for (let i = 0; i < accepts; i++) classes.of(priority).window.record(false, 0, 0)
  for (let i = 0; i < refusals; i++) classes.of(priority).window.record(true, 0, 0)
}

describe('the classes of priorities', () => {
  it('add what was refused to more important calls to the requests of the others', () => {
    const classes = new PriorityClasses(rules)
    counted(classes, 0, 10, 0)
    counted(classes, 5, 30, 20)
    counted(classes, -1, 0, 1)
    expect(classes.weigh(0)).toBeCloseTo(21 / 22)
    expect([...classes].map(({ priority }) => priority)).toEqual([5, 0, -1])
    expect(classes.of(5).probability).toBe(0)
    expect(classes.of(0).probability).toBeCloseTo((10 + 20 - 2 * 10) / 31)
    expect(classes.of(-1).probability).toBeCloseTo(21 / 22)
  })

  it('are at most 16; calls of another priority count with the next lower one, or the lowest', () => {
    const classes = new PriorityClasses(rules)
    for (let priority = 0; priority < 1000; priority += 10) classes.of(priority)
    expect([...classes]).toHaveLength(16)
    expect(classes.of(999).priority).toBe(150)
    expect(classes.of(55).priority).toBe(50)
    expect(classes.of(-3).priority).toBe(0)
  })

  it('are clean until a call is refused, and again when that is too old', () => {
    const classes = new PriorityClasses(rules)
    expect(classes.clean).toBe(true)
    counted(classes, 1, 5, 0)
    expect(classes.clean).toBe(true)
    counted(classes, 0, 0, 3)
    expect(classes.clean).toBe(false)
    expect(classes.weigh(999)).toBeGreaterThan(0)
    expect(classes.weigh(1000)).toBe(0)
    expect(classes.clean).toBe(true)
  })
})
