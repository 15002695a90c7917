import { EventEmitter } from 'node:events'
import fc from 'fast-check'
import { type DrainOptions, healthEndpoints, type SignalSource } from 'holdfast/health'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it, vi } from 'vitest'
import { asked } from './asked.ts'

class Process extends EventEmitter implements SignalSource {
  readonly codes: number[] = []

  exit(code: number): void {
    this.codes.push(code)
  }
}

function drainable() {
  const clock = virtualClock()
  const faults: unknown[] = []
  return {
    clock,
    faults,
    health: healthEndpoints({ clock, onFault: ({ source, error }) => faults.push([source, error]) }),
  }
}

describe('a drain', () => {
  it('fails readiness at once, waits, and closes', async () => {
    const { clock, health } = drainable()
    await health.status()
    let closed = () => {}
    const close = vi.fn(() => new Promise<void>((resolve) => (closed = resolve)))
    let over = false
    void health.drain({ after: '3s', close }).then(() => {
      over = true
    })

    expect(health).toMatchObject({ phase: 'draining', draining: true })
    expect(await asked(health.ready)).toEqual({ status: 503, body: { status: 'fail', notes: ['draining'] } })
    await clock.advance(2999)
    expect(close).not.toHaveBeenCalled()
    await clock.advance(1)
    expect(close).toHaveBeenCalledTimes(1)
    expect(health.phase).toBe('draining')
    closed()
    await clock.advance(0)
    expect(over).toBe(true)
    expect(health).toMatchObject({ phase: 'closed', draining: true })
    expect((await asked(health.ready)).body.notes).toEqual(['closed'])
    expect(clock.pending).toBe(0)
  })

  it('waits five seconds by default, and closes nothing', async () => {
    const { clock, health } = drainable()
    let over = false
    void health.drain().then(() => {
      over = true
    })
    await clock.advance(4999)
    expect(over).toBe(false)
    await clock.advance(1)
    expect(over).toBe(true)
    expect(health.phase).toBe('draining')
  })

  it('begins once, however often it is called', async () => {
    const { clock, health } = drainable()
    const close = vi.fn()
    const first = health.drain({ after: '3s', close })
    await clock.advance('2s')
    const second = health.drain({ after: '3s', close })
    await clock.advance('1s')
    await Promise.all([first, second])
    // One that comes late ends with what was closed.
    await health.drain({ after: '1h', close })

    expect(close).toHaveBeenCalledTimes(1)
    expect(clock.pending).toBe(0)
  })

  it('closes at the earliest end of the waits of an operator and a signal', async () => {
    const { clock, health } = drainable()
    const process = new Process()
    const close = vi.fn()
    health.drainOnSignal(process, { after: '5s', close })
    const byHand = health.drain({ after: '10m' })
    await clock.advance('1m')
    process.emit('SIGTERM', 'SIGTERM', 15)
    await clock.advance(0)
    await byHand

    expect(close).toHaveBeenCalledTimes(1)
    expect(health.phase).toBe('closed')
    expect(process.codes).toEqual([])
  })

  it('is taken back by an abort while it waits, and rejects with the reason itself', async () => {
    const { clock, health } = drainable()
    await health.status()
    const controller = new AbortController()
    const close = vi.fn()
    const drained = health.drain({ close, signal: controller.signal })
    const reason = new Error('not today')
    controller.abort(reason)

    await expect(drained).rejects.toBe(reason)
    expect(health.phase).toBe('serving')
    expect((await asked(health.ready)).status).toBe(200)
    await clock.advance('1h')
    expect(close).not.toHaveBeenCalled()
    await expect(health.drain({ signal: controller.signal })).rejects.toBe(reason)
    expect(health.draining).toBe(false)
    await clock.settle(health.drain({ close }))
    expect(health.phase).toBe('closed')
  })

  it('is taken back by an abort after its wait, if nothing was closed', async () => {
    const { clock, health } = drainable()
    const controller = new AbortController()
    await clock.settle(health.drain({ after: 0, signal: controller.signal }))
    expect(health.draining).toBe(true)
    controller.abort()

    expect(health.draining).toBe(false)
  })

  it('goes on while another caller still drains', async () => {
    const { clock, health } = drainable()
    const controller = new AbortController()
    const close = vi.fn()
    const other = health.drain({ after: '2s', close })
    const drained = health.drain({ after: '1s', close, signal: controller.signal })
    controller.abort()
    await expect(drained).rejects.toThrow('aborted')
    expect(health.draining).toBe(true)
    await clock.settle(other)

    expect(clock.now()).toBe(2000)
    expect(close).toHaveBeenCalledTimes(1)
  })

  it('does not wait for a running close after an abort, and still reports its failure', async () => {
    const { clock, health, faults } = drainable()
    const controller = new AbortController()
    let fail = (_error: unknown) => {}
    const close = () => new Promise((_, reject) => (fail = reject))
    const drained = health.drain({ after: 0, close, signal: controller.signal })
    await clock.advance(0)
    controller.abort('enough')
    await expect(drained).rejects.toBe('enough')
    expect(health.phase).toBe('draining')
    fail('stuck')
    await clock.advance(0)

    expect(health.phase).toBe('closed')
    expect(faults).toEqual([['close', 'stuck']])
  })

  it('rejects with the error of close, synchronous or not, and is over', async () => {
    const error = new Error('stuck')
    const failing = [
      () => {
        throw error
      },
      () => Promise.reject(error),
    ]
    for (const close of failing) {
      const { clock, health, faults } = drainable()
      await expect(clock.settle(health.drain({ close }))).rejects.toBe(error)
      expect(health.phase).toBe('closed')
      expect(faults).toEqual([])
      await expect(health.drain()).rejects.toBe(error)
    }
  })

  it('waits for close no longer than closeWithin, then rejects, and is over', async () => {
    const { clock, health, faults } = drainable()
    const start = clock.now()
    let fail = (_error: unknown) => {}
    const close = () => new Promise((_, reject) => (fail = reject))
    const drained = health.drain({ after: '1s', close, closeWithin: '3s' })

    await expect(clock.settle(drained)).rejects.toMatchObject({ code: 'HF_TIMEOUT', after: 3000 })
    expect(clock.now() - start).toBe(4000)
    expect(health.phase).toBe('closed')
    expect(clock.pending).toBe(0)
    fail('late')
    await clock.advance(0)
    expect(faults).toEqual([['close', 'late']])
  })

  it('waits ten seconds for close by default', async () => {
    const { clock, health } = drainable()
    const drained = health.drain({ after: 0, close: () => new Promise(() => {}) })

    await expect(clock.settle(drained)).rejects.toMatchObject({ after: 10_000 })
  })

  it('waits for close without a limit with Infinity', async () => {
    const { clock, health } = drainable()
    let closed = () => {}
    const close = () => new Promise<void>((resolve) => (closed = resolve))
    const drained = health.drain({ after: 0, close, closeWithin: Number.POSITIVE_INFINITY })
    await clock.advance('30d')
    expect(health.phase).toBe('draining')
    expect(clock.pending).toBe(0)
    closed()

    await drained
    expect(health.phase).toBe('closed')
  })

  it('has each caller wait its own closeWithin, from the time it waits for close', async () => {
    const { clock, health } = drainable()
    const close = () => new Promise(() => {})
    const first = health.drain({ after: '1s', close, closeWithin: '9s' })
    const second = health.drain({ after: '1h', closeWithin: '2s' })
    void first.catch(() => {})
    await expect(clock.settle(second)).rejects.toMatchObject({ after: 2000 })
    expect(clock.now()).toBe(3000)
    const third = health.drain({ after: '1h', closeWithin: '4s' })
    await expect(clock.settle(third)).rejects.toMatchObject({ after: 4000 })
    expect(clock.now()).toBe(7000)

    await expect(clock.settle(first)).rejects.toMatchObject({ after: 9000 })
    expect(clock.now()).toBe(10_000)
  })

  it('leaves no listener on a long-lived signal', async () => {
    const { clock, health } = drainable()
    const { signal } = new AbortController()
    const [add, remove] = [vi.spyOn(signal, 'addEventListener'), vi.spyOn(signal, 'removeEventListener')]
    await clock.settle(health.drain({ close: () => {}, signal }))
    await clock.advance(0)

    expect(add).toHaveBeenCalledTimes(1)
    expect(remove.mock.calls[0]?.[1]).toBe(add.mock.calls[0]?.[1])
  })

  it('leaves no listener on a signal when close takes too long', async () => {
    const { clock, health } = drainable()
    const { signal } = new AbortController()
    const [add, remove] = [vi.spyOn(signal, 'addEventListener'), vi.spyOn(signal, 'removeEventListener')]
    const drained = health.drain({ close: () => new Promise(() => {}), signal })
    await expect(clock.settle(drained)).rejects.toMatchObject({ code: 'HF_TIMEOUT' })

    expect(remove.mock.calls[0]?.[1]).toBe(add.mock.calls[0]?.[1])
  })

  it('refuses invalid options, and changes nothing', () => {
    const { health } = drainable()
    const bad = (options: unknown) => () => health.drain(options as DrainOptions)

    expect(bad({ after: -1 })).toThrow('healthEndpoints: after must be a duration >= 0, got -1')
    expect(bad({ close: true })).toThrow('healthEndpoints: close must be a function, got true')
    expect(bad({ closeWithin: 0 })).toThrow('healthEndpoints: closeWithin must be a duration > 0 or Infinity, got 0')
    expect(bad({ signal: {} })).toThrow('healthEndpoints: signal must be an AbortSignal, got an object')
    expect(bad({ signals: [] })).toThrow('did you mean signal?')
    expect(health.draining).toBe(false)
  })

  it('fails readiness exactly while a caller drains, and closes once', async () => {
    const step = fc.oneof(
      fc.record({ drain: fc.integer({ min: 0, max: 20 }), closes: fc.boolean() }),
      fc.record({ abort: fc.nat({ max: 5 }) }),
      fc.record({ advance: fc.integer({ min: 0, max: 10 }) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const { clock, health, faults } = drainable()
        const close = vi.fn()
        const hands: { readonly controller: AbortController; readonly due: number; readonly closes: boolean }[] = []
        let began: number | undefined
        let closedAt: number | undefined
        for (const each of steps) {
          const now = clock.now()
          if ('drain' in each) {
            began ??= now
            const controller = new AbortController()
            hands.push({ controller, due: Math.max(now, began + each.drain), closes: each.closes })
            const options = { after: each.drain, signal: controller.signal, ...(each.closes && { close }) }
            health.drain(options).catch(() => {})
          } else if ('abort' in each) {
            hands[each.abort]?.controller.abort()
          } else await clock.advance(each.advance)
          const held = hands.filter(({ controller }) => !controller.signal.aborted)
          const due = Math.min(...held.filter(({ closes }) => closes).map((hand) => hand.due))
          // A timer of no length rings at the next turn.
          if ('advance' in each && due <= clock.now()) closedAt ??= due
          if (held.length === 0 && closedAt === undefined) began = undefined

          expect(close).toHaveBeenCalledTimes(closedAt === undefined ? 0 : 1)
          expect(health.draining).toBe(closedAt !== undefined || held.length > 0)
        }
        expect(faults).toEqual([])
      }),
    )
  })
})

describe('a drain at a signal', () => {
  it('begins at the first signal, and unsubscribes when it is over', async () => {
    const { clock, health } = drainable()
    const process = new Process()
    const close = vi.fn()
    health.drainOnSignal(process, { after: '2s', close })
    expect(health.draining).toBe(false)
    process.emit('SIGTERM', 'SIGTERM', 15)
    expect(health.draining).toBe(true)
    await clock.advance('2s')

    expect(close).toHaveBeenCalledTimes(1)
    expect(process.listenerCount('SIGTERM')).toBe(0)
    expect(process.codes).toEqual([])
  })

  it('ends the process at the second signal, of any kind, with the exit code of that signal', () => {
    const { health } = drainable()
    const process = new Process()
    health.drainOnSignal(process, { signals: ['SIGTERM', 'SIGINT'] })
    process.emit('SIGTERM', 'SIGTERM', 15)
    process.emit('SIGINT', 'SIGINT', 2)
    process.emit('SIGTERM')

    expect(process.codes).toEqual([130, 1])
  })

  it('reports a close that failed, and unsubscribes', async () => {
    const { clock, health, faults } = drainable()
    const process = new Process()
    const close = () => Promise.reject('stuck')
    health.drainOnSignal(process, { after: 0, close })
    process.emit('SIGTERM', 'SIGTERM', 15)
    await clock.advance(0)

    expect(faults).toEqual([['close', 'stuck']])
    expect(process.listenerCount('SIGTERM')).toBe(0)
  })

  it('ends the process when close takes too long, after reporting it', async () => {
    const { clock, health, faults } = drainable()
    const process = new Process()
    const told: number[] = []
    process.exit = (code) => {
      process.codes.push(code)
      told.push(faults.length)
    }
    health.drainOnSignal(process, { after: '1s', close: () => new Promise(() => {}), closeWithin: '3s' })
    process.emit('SIGTERM', 'SIGTERM', 15)
    await clock.advance(3999)
    expect(process.codes).toEqual([])
    await clock.advance(1)

    expect(process.codes).toEqual([143])
    expect(faults).toEqual([['close', expect.objectContaining({ code: 'HF_TIMEOUT', after: 3000 })]])
    expect(told).toEqual([1])
    expect(health.phase).toBe('closed')
  })

  it.each([
    ['has ended well', () => {}, []],
    ['has failed', () => Promise.reject('stuck'), [['close', 'stuck']]],
  ])('ends a process that still runs after a close that %s', async (_, close, before) => {
    const { clock, health, faults } = drainable()
    const process = new Process()
    health.drainOnSignal(process, { after: '1s', close, closeWithin: '3s' })
    process.emit('SIGTERM', 'SIGTERM', 15)
    await clock.advance(3999)
    expect(process.codes).toEqual([])
    await clock.advance(1)

    expect(process.codes).toEqual([143])
    expect(faults).toEqual([
      ...before,
      ['exit', new Error('healthEndpoints: the process was still running 3000 ms after closing began')],
    ])
  })

  it('never ends the process when nothing is closed, or close has no limit', async () => {
    for (const options of [{}, { close: () => new Promise(() => {}), closeWithin: Number.POSITIVE_INFINITY }]) {
      const { clock, health } = drainable()
      const process = new Process()
      health.drainOnSignal(process, options)
      process.emit('SIGTERM', 'SIGTERM', 15)
      await clock.advance('30d')

      expect(process.codes).toEqual([])
    }
  })

  it('ends the process after its own closeWithin when another caller closes', async () => {
    const { clock, health } = drainable()
    const process = new Process()
    const close = () => new Promise(() => {})
    void health.drain({ after: 0, close, closeWithin: Number.POSITIVE_INFINITY })
    await clock.advance('1m')
    health.drainOnSignal(process, { closeWithin: '2s' })
    process.emit('SIGTERM', 'SIGTERM', 15)
    await clock.advance(1999)
    expect(process.codes).toEqual([])
    await clock.advance(1)

    expect(process.codes).toEqual([143])
  })

  it('can be stopped', () => {
    const { health } = drainable()
    const process = new Process()
    const listening = health.drainOnSignal(process, { signals: ['SIGTERM', 'SIGINT'] })
    listening.stop()

    expect(process.eventNames()).toEqual([])
  })

  it('accepts the process itself', () => {
    const { health } = drainable()
    const before = process.listenerCount('SIGUSR2')
    const listening = health.drainOnSignal(process, { signals: ['SIGUSR2'] })
    expect(process.listenerCount('SIGUSR2')).toBe(before + 1)
    listening.stop()

    expect(process.listenerCount('SIGUSR2')).toBe(before)
  })

  it('refuses invalid arguments', () => {
    const { health } = drainable()
    const process = new Process()

    expect(() => health.drainOnSignal({} as never)).toThrow(
      'healthEndpoints: process must have on, off and exit, got an object',
    )
    expect(() => health.drainOnSignal(process, { signals: [] })).toThrow(
      'healthEndpoints: signals must be an array of signals, got an array',
    )
    expect(() => health.drainOnSignal(process, { signals: 'SIGTERM' } as never)).toThrow('got "SIGTERM"')
    expect(() => health.drainOnSignal(process, { signal: [] } as never)).toThrow('did you mean signals?')
    expect(process.eventNames()).toEqual([])
  })
})
