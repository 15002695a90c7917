import { standard } from 'holdfast'
import { expectTypeOf, it } from 'vitest'

it('gives the type of the operation, with that of the fallback', () => {
  expectTypeOf(standard().execute(async () => 7)).toEqualTypeOf<Promise<number>>()
  const orNull = standard({ fallback: { value: null } })
  expectTypeOf(orNull.execute(async () => 7)).toEqualTypeOf<Promise<number | null>>()
})

it('gives operations a target where there is a pool', () => {
  const replicas = standard({ pool: { members: [{ target: new URL('http://a'), weight: 2 }] } })
  void replicas.execute(async ({ target }) => {
    expectTypeOf(target).toEqualTypeOf<URL>()
  })
  // @ts-expect-error Without a pool there is no target.
  void standard().execute(async ({ target }) => target)
})

it('has the events of its parts', () => {
  standard().on('open', ({ cause }) => {
    expectTypeOf(cause).not.toBeAny()
  })
  standard({ pool: { members: ['a'] } }).on('failover', ({ from }) => expectTypeOf(from).toEqualTypeOf<string>())
})
