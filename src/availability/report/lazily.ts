/** An object some of whose fields are computed when they are first read. To every reader they are fields like others. */
export function lazily<Eager extends object, Late extends object>(
  eager: Eager,
  late: { readonly [Field in keyof Late]: () => Late[Field] },
): Eager & Late {
  for (const field of Object.keys(late) as (keyof Late & string)[]) {
    let known = false
    let value: Late[keyof Late]
    const get = (): Late[keyof Late] => {
      if (!known) value = late[field]()
      known = true
      return value
    }
    Object.defineProperty(eager, field, { enumerable: true, configurable: true, get })
  }
  return eager as Eager & Late
}
