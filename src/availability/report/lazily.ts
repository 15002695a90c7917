/**
 * Objects some of whose fields are computed when they are first read. To every reader they are fields like others.
 *
 * An accessor of its own for each object would cost more than most reports; these are shared, and find what they read in
 * the object they are read from.
 */

type Makers<Fields> = { readonly [Field in keyof Fields]: () => Fields[Field] }

/** What is computed once, for all the objects that have it as fields. */
export class Late<Fields extends object> {
  readonly names: readonly (keyof Fields & string)[]
  readonly #makers: Makers<Fields>
  readonly #known: Partial<Fields> = {}

  constructor(makers: Makers<Fields>) {
    this.names = Object.keys(makers) as (keyof Fields & string)[]
    this.#makers = makers
  }

  /** These, and others. */
  and<More extends object>(makers: Makers<More>): Late<Fields & More> {
    const own = Object.fromEntries(this.names.map((name) => [name, () => this.get(name)])) as Makers<Fields>
    return new Late<Fields & More>({ ...own, ...makers } as Makers<Fields & More>)
  }

  get<Field extends keyof Fields & string>(name: Field): Fields[Field] {
    if (!Object.hasOwn(this.#known, name)) this.#known[name] = this.#makers[name]()
    return this.#known[name] as Fields[Field]
  }
}

class Lazy {
  readonly #late: Pick<Late<Record<string, unknown>>, 'get'>

  constructor(late: Pick<Late<Record<string, unknown>>, 'get'>) {
    this.#late = late
  }

  static field(name: string): PropertyDescriptor {
    return {
      enumerable: true,
      configurable: true,
      get(this: Lazy) {
        return this.#late.get(name)
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

export function lazily<Eager extends object, Fields extends object>(eager: Eager, late: Late<Fields>): Eager & Fields {
  const object = Object.assign(new Lazy(late as never), eager)
  for (const name of late.names) Object.defineProperty(object, name, descriptorOf(name))
  return object as unknown as Eager & Fields
}
