/**
 * The least a timeout can be: calls of one duration stand in a list in order of arrival, with one real timer for all.
 * The call is its own node in the list.
 */
class Call {
  previous = undefined
  next = undefined
  at = 0
  reject = undefined
  resolve = undefined
}

export class LimitTimeout {
  head = undefined
  tail = undefined
  timer = undefined

  constructor(after) {
    this.after = after
  }

  execute(work) {
    return new Promise((resolve, reject) => this.start(work, resolve, reject))
  }

  start(work, resolve, reject) {
    const call = new Call()
    call.resolve = resolve
    call.reject = reject
    this.add(call)
    work().then(
      (value) => {
        this.remove(call)
        resolve(value)
      },
      (error) => {
        this.remove(call)
        reject(error)
      },
    )
  }

  add(call) {
    call.at = performance.now() + this.after
    call.previous = this.tail
    if (this.tail === undefined) this.head = call
    else this.tail.next = call
    this.tail = call
    this.timer ??= setTimeout(() => this.expire(), this.after).unref()
  }

  remove(call) {
    if (call.previous === undefined) this.head = call.next
    else call.previous.next = call.next
    if (call.next === undefined) this.tail = call.previous
    else call.next.previous = call.previous
  }

  expire() {
    this.timer = undefined
    const now = performance.now()
    for (let { head } = this; head !== undefined && head.at <= now; head = this.head) {
      this.remove(head)
      head.reject(new Error('timed out'))
    }
    if (this.head !== undefined) this.timer = setTimeout(() => this.expire(), this.head.at - now).unref()
  }
}
