/** The least a bulkhead can be: a counter while there is room, a linked queue when there is none. */
export class LimitBulkhead {
  active = 0
  head = undefined
  tail = undefined

  constructor(limit) {
    this.limit = limit
  }

  execute(work) {
    if (this.active < this.limit) {
      this.active++
      return work().then(this.success, this.failure)
    }
    return new Promise((resolve) => {
      const waiting = { work, resolve, next: undefined }
      if (this.tail === undefined) this.head = waiting
      else this.tail.next = waiting
      this.tail = waiting
    })
  }

  success = (value) => {
    this.leave()
    return value
  }

  failure = (error) => {
    this.leave()
    throw error
  }

  leave() {
    const { head } = this
    if (head === undefined) {
      this.active--
      return
    }
    this.head = head.next
    if (this.head === undefined) this.tail = undefined
    head.resolve(head.work().then(this.success, this.failure))
  }
}
