/** A doubly linked list whose items are its own nodes: adding and removing take O(1) and allocate nothing. */

export interface ListNode<Node> {
  previous: Node | undefined
  next: Node | undefined
}

/** Invariant: `head` and `tail` are both set or both undefined, and an item is in at most one list. */
export class LinkedList<Node extends ListNode<Node>> {
  head: Node | undefined = undefined
  tail: Node | undefined = undefined

  append(node: Node): void {
    node.previous = this.tail
    if (this.tail === undefined) this.head = node
    else this.tail.next = node
    this.tail = node
  }

  /** `node` must be in this list. */
  remove(node: Node): void {
    if (node.previous === undefined) this.head = node.next
    else node.previous.next = node.next
    if (node.next === undefined) this.tail = node.previous
    else node.next.previous = node.previous
    node.previous = node.next = undefined
  }

  /** Forgets all items, which keep their links to each other: none may be used in a list again. */
  clear(): void {
    this.head = this.tail = undefined
  }
}
