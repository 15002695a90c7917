/** The least a retry can be: nothing on success but one `.then`, a timer only after a failure. */
export class LimitRetry {
  constructor(retries) {
    this.retries = retries
  }

  execute(work) {
    return work().then(undefined, (error) => this.again(work, 1, error))
  }

  again(work, attempt, error) {
    if (attempt > this.retries) throw error
    return new Promise((resolve) => setTimeout(resolve, 0))
      .then(work)
      .then(undefined, (next) => this.again(work, attempt + 1, next))
  }
}
