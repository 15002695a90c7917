import { describe, expect, it } from 'vitest'
import { LinkedList, type ListNode } from '../../src/core/linked-list.ts'

class Item implements ListNode<Item> {
  previous: Item | undefined = undefined
  next: Item | undefined = undefined
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

function filled() {
  const items = ['a', 'b', 'c', 'd'].map((name) => new Item(name))
  const list = new LinkedList<Item>()
  for (const item of items) list.append(item)
  return { list, items }
}

/** The names in order, after a check that both directions agree. */
function namesOf(list: LinkedList<Item>): string {
  let forwards = ''
  let backwards = ''
  for (let item = list.head; item !== undefined; item = item.next) forwards += item.name
  for (let item = list.tail; item !== undefined; item = item.previous) backwards = item.name + backwards
  expect(backwards).toBe(forwards)
  return forwards
}

describe('a linked list', () => {
  it('keeps the order in which items were added', () => {
    expect(namesOf(filled().list)).toBe('abcd')
  })

  it.each([
    [0, 'bcd'],
    [1, 'acd'],
    [3, 'abc'],
  ])('removes the item at place %i', (place, left) => {
    const { list, items } = filled()
    list.remove(items[place] as Item)

    expect(namesOf(list)).toBe(left)
    expect(items[place]).toMatchObject({ previous: undefined, next: undefined })
  })

  it('has neither head nor tail after its last item is removed, and can be filled again', () => {
    const { list, items } = filled()
    for (const item of items) list.remove(item)
    expect([list.head, list.tail]).toEqual([undefined, undefined])

    for (const item of items.reverse()) list.append(item)
    expect(namesOf(list)).toBe('dcba')
  })

  it('is empty after it was cleared', () => {
    const { list } = filled()
    list.clear()
    expect(namesOf(list)).toBe('')

    list.append(new Item('e'))
    expect(namesOf(list)).toBe('e')
  })
})
