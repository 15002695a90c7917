/**
 * Single-flight in random interleavings: who shares which work, that members leave alone, and that nothing stays behind.
 *
 * The model keeps, for each key, the work that calls may join. A call must join exactly that, and get its outcome, unless it was
 * aborted or its deadline passed before.
 */
import fc from 'fast-check'
import { type Call, pipeline, singleFlight, timeout } from 'holdfast'
import { virtualClock } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { type Deferred, deferred, type Ended, ended } from '../composition/deferred.ts'
import { runs } from '../effort.ts'

type Command =
  | { readonly do: 'call'; readonly key: string; readonly abortable: boolean; readonly deadline: number | undefined }
  | { readonly do: 'settle'; readonly which: number; readonly ok: boolean }
  | { readonly do: 'abort'; readonly which: number }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'step back'; readonly ms: number }

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('call' as const),
      key: fc.constantFrom('a', 'b', 'c'),
      abortable: fc.boolean(),
      deadline: fc.constantFrom(undefined, undefined, 10, 30),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('settle' as const), which: fc.nat(7), ok: fc.boolean() }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('abort' as const), which: fc.nat(7) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.constantFrom(1, 9, 20, 50) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('step back' as const), ms: fc.constantFrom(-5, -5000) }) },
)

const settings = fc.record({
  maxAge: fc.constantFrom(undefined, 20),
  maxKeys: fc.constantFrom(1, 2, 10),
  outer: fc.constantFrom(undefined, 40),
})

interface Work {
  readonly key: string
  readonly since: number
  readonly gate: Deferred<object>
  readonly members: Set<Member>
  /** What the work sees of its call. */
  call: Call | undefined
  /** The latest deadline of those that led or joined; undefined for a call that runs on its own. */
  deadline: number | undefined
  open: boolean
  outcome: Ended | undefined
}

interface Member {
  readonly controller: AbortController | undefined
  readonly leavesAt: number
  readonly work: Work
  end: Ended | undefined
  leftBy: 'abort' | 'time' | undefined
}

type Settings = typeof settings extends fc.Arbitrary<infer S> ? S : never

async function play({ maxAge, maxKeys, outer }: Settings, commands: readonly Command[]): Promise<void> {
  const clock = virtualClock()
  const once = singleFlight({ maxKeys, ...(maxAge === undefined ? {} : { maxAge }) })
  const all = pipeline({ clock }, ...(outer === undefined ? [] : [timeout(outer)]), once)
  const table = new Map<string, Work>()
  const works: Work[] = []
  const members: Member[] = []
  const promises: Promise<unknown>[] = []

  /** A work is joined no more. */
  const close = (work: Work): void => {
    work.open = false
    if (table.get(work.key) === work) table.delete(work.key)
  }
  const leave = (member: Member, by: 'abort' | 'time'): void => {
    member.leftBy = by
    member.work.members.delete(member)
    if (member.work.members.size === 0) close(member.work)
  }
  const call = (key: string, abortable: boolean, deadline: number | undefined): void => {
    const known = table.get(key)
    const joins = known !== undefined && clock.now() - known.since < (maxAge ?? Number.POSITIVE_INFINITY)
    const alone = !joins && known === undefined && table.size >= maxKeys
    const work: Work = joins
      ? known
      : {
          key,
          since: clock.now(),
          gate: deferred(),
          members: new Set(),
          call: undefined,
          deadline: alone ? undefined : 0,
          open: true,
          outcome: undefined,
        }
    if (!joins) works.push(work)
    if (!joins && !alone) table.set(key, work)
    // A deadline alone ends no call that runs on its own.
    const limit = Math.min(
      outer ?? Number.POSITIVE_INFINITY,
      alone && outer === undefined ? Number.POSITIVE_INFINITY : (deadline ?? Number.POSITIVE_INFINITY),
    )
    const controller = abortable ? new AbortController() : undefined
    const member: Member = { controller, leavesAt: clock.now() + limit, work, end: undefined, leftBy: undefined }
    work.members.add(member)
    members.push(member)
    if (work.deadline !== undefined) work.deadline = Math.max(work.deadline, member.leavesAt)
    let ran = false
    const operation = (call: Call) => {
      ran = true
      work.call = call
      return work.gate.promise
    }
    const options = { key, ...(controller && { signal: controller.signal }), ...(deadline && { deadline }) }
    const promise = ended(all.execute(operation, options)).then((end) => {
      expect(member.end).toBe(undefined)
      member.end = end
    })
    promises.push(promise)
    expect(ran).toBe(!joins)
  }
  const check = async (): Promise<void> => {
    await clock.advance(0)
    expect(once.keys).toBe(table.size)
    for (const { call, members: inside, outcome, deadline } of works) {
      if (outcome === undefined) expect(call?.signal.aborted).toBe(inside.size === 0)
      if (outcome !== undefined || deadline === undefined) continue
      const left = call?.deadline === undefined ? Number.POSITIVE_INFINITY : +call.deadline - clock.wall()
      expect(left).toBe(deadline - clock.now())
    }
    for (const { end, leftBy, work } of members) {
      if (leftBy === undefined) expect(end).toEqual(work.outcome)
      else expect(end?.ok).toBe(false)
      if (end?.ok && work.outcome?.ok) expect(end.value).toBe(work.outcome.value)
    }
  }
  const settle = (work: Work, ok: boolean): void => {
    close(work)
    if (work.outcome !== undefined) return
    work.outcome = ok ? { ok, value: {} } : { ok, error: new Error('down') }
    if (work.outcome.ok) work.gate.resolve(work.outcome.value as object)
    else work.gate.reject(work.outcome.error)
  }

  for (const step of commands) {
    if (step.do === 'call') call(step.key, step.abortable, step.deadline)
    else if (step.do === 'settle') {
      const live = works.filter(({ outcome }) => outcome === undefined)
      const work = live[step.which % Math.max(1, live.length)]
      if (work !== undefined) settle(work, step.ok)
    } else if (step.do === 'abort') {
      const live = members.filter(({ end, controller }) => end === undefined && controller !== undefined)
      const member = live[step.which % Math.max(1, live.length)]
      if (member !== undefined) {
        leave(member, 'abort')
        member.controller?.abort(new Error('left'))
      }
    } else if (step.do === 'step back') clock.stepWall(step.ms)
    else {
      const until = clock.now() + step.ms
      await clock.advance(step.ms)
      for (const member of members) {
        if (member.work.outcome === undefined && member.leftBy === undefined && member.leavesAt <= until) {
          leave(member, 'time')
        }
      }
    }
    await check()
  }
  for (const work of works) settle(work, true)
  await Promise.all(promises)
  await check()
  expect([once.keys, clock.pending]).toEqual([0, 0])
  const { led, joined } = once.snapshot()
  expect(led + joined).toBeLessThanOrEqual(members.length)
}

describe('single-flight', () => {
  it('shares work by key, lets each member leave alone, and leaves nothing behind', async () => {
    await fc.assert(fc.asyncProperty(settings, fc.array(command, { maxLength: 40, size: 'max' }), play), {
      numRuns: runs(300),
    })
  }, 120_000)
})
