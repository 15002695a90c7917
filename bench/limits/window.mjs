/** The least a sliding window can cost: a ring of bytes and two counts. */
export class LimitCountWindow {
  ring = new Uint8Array(100)
  next = 0
  bad = 0

  record(bad) {
    const { ring, next } = this
    this.bad += (bad ? 1 : 0) - ring[next]
    ring[next] = bad ? 1 : 0
    this.next = next === 99 ? 0 : next + 1
  }
}
