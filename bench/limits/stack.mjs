/** Timeout, retry, breaker and bulkhead fused by hand for this one stack: what a general chain is compared with. */
import { LimitTimeout } from './timeout.mjs'

export class LimitStack extends LimitTimeout {
  active = 0
  failures = 0

  constructor(after, limit, retries) {
    super(after)
    this.limit = limit
    this.retries = retries
  }

  start(work, resolve, reject, attempt = 0, call = undefined) {
    if (this.failures >= 5 || this.active >= this.limit) return reject(new Error('refused'))
    this.active++
    let own = call
    if (own === undefined) {
      own = { previous: undefined, next: undefined, at: 0, resolve, reject }
      this.add(own)
    }
    work().then(
      (value) => {
        this.active--
        this.failures = 0
        this.remove(own)
        resolve(value)
      },
      (error) => {
        this.active--
        this.failures++
        if (attempt < this.retries) {
          setTimeout(() => this.start(work, resolve, reject, attempt + 1, own), 0)
          return
        }
        this.remove(own)
        reject(error)
      },
    )
  }
}
