/** The least a breaker can be: one failure counter, two functions made once, and a refusal without a stack. */
const refusal = { name: 'CircuitOpenError', message: 'open' }

export class LimitBreaker {
  failures = 0
  open = false

  success = (value) => {
    this.failures = 0
    return value
  }

  failure = (error) => {
    if (++this.failures === 5) this.open = true
    throw error
  }

  execute(work) {
    if (this.open) return Promise.reject(Object.create(refusal))
    return work().then(this.success, this.failure)
  }
}
