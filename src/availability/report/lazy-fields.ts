/**
 * Objects with fields that are computed when they are first read, and are otherwise like any others.
 *
 * Accessors made for each object would cost more than most reports. These are shared, and find their values by the object
 * they are read from.
 */

/** Computes each field. */
export type LazyMakers<Fields> = { readonly [Field in keyof Fields]: () => Fields[Field] }

/** Values that are computed once, for all objects that have them as fields. */
export class LazyFields<Fields extends object> {
  readonly names: readonly (keyof Fields & string)[]
  readonly #makers: LazyMakers<Fields>
  readonly #known: Partial<Fields> = {}

  constructor(makers: LazyMakers<Fields>) {
    this.names = Object.keys(makers) as (keyof Fields & string)[]
    this.#makers = makers
  }

  /** These, and others. */
  and<More extends object>(makers: LazyMakers<More>): LazyFields<Fields & More> {
    const own = Object.fromEntries(this.names.map((name) => [name, () => this.get(name)])) as LazyMakers<Fields>
    return new LazyFields<Fields & More>({ ...own, ...makers } as LazyMakers<Fields & More>)
  }

  get<Field extends keyof Fields & string>(name: Field): Fields[Field] {
    if (!Object.hasOwn(this.#known, name)) this.#known[name] = this.#makers[name]()
    return this.#known[name] as Fields[Field]
  }
}

class Lazy {
  readonly #fields: Pick<LazyFields<Record<string, unknown>>, 'get'>

  constructor(fields: Pick<LazyFields<Record<string, unknown>>, 'get'>) {
    this.#fields = fields
  }

  static field(name: string): PropertyDescriptor {
    return {
      enumerable: true,
      configurable: true,
      get(this: Lazy) {
        return this.#fields.get(name)
      },
    }
  }
}

const descriptors = new Map<string, PropertyDescriptor>()

function descriptorOf(name: string): PropertyDescriptor {
  let descriptor = descriptors.get(name)
  if (descriptor === undefined) {
    descriptor = Lazy.field(name)
    descriptors.set(name, descriptor)
  }
  return descriptor
}

export function withLazyFields<Eager extends object, Fields extends object>(
  eager: Eager,
  fields: LazyFields<Fields>,
): Eager & Fields {
  const object = Object.assign(new Lazy(fields as never), eager)
  for (const name of fields.names) Object.defineProperty(object, name, descriptorOf(name))
  return object as unknown as Eager & Fields
}
