/** A list whose items are its own nodes: adding and removing cost no allocation and no search. */

export interface ListNode<Node> {
  previous: Node | undefined
  next: Node | undefined
}

/** Invariant: `head` and `tail` are both there or both undefined, and an item is in one list at most. */
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
}
