/** Lines that could not be read: the first few, and their number. */

const shown = 5

export class BadLines {
  readonly #first: string[] = []
  #count = 0

  get count(): number {
    return this.#count
  }

  add(number: number, why: string): void {
    this.#count++
    if (this.#first.length < shown) this.#first.push(`line ${number}: ${why}`)
  }

  get text(): string {
    const more = this.#count - this.#first.length
    return [...this.#first, ...(more > 0 ? [`and ${more} more`] : [])].join('\n')
  }
}
