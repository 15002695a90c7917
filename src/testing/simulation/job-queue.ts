/**
 * The waiting jobs of a simulated server, first in, first out.
 *
 * A linked list: a job may leave from anywhere, and all is O(1), as an overloaded server has tens of thousands waiting.
 */
import type { Job } from './job.ts'

export class JobQueue {
  #head: Job | undefined = undefined
  #tail: Job | undefined = undefined
  length = 0

  push(job: Job): void {
    job.waiting = true
    job.ahead = this.#tail
    if (this.#tail === undefined) this.#head = job
    else this.#tail.behind = job
    this.#tail = job
    this.length++
  }

  shift(): Job | undefined {
    const job = this.#head
    if (job !== undefined) this.remove(job)
    return job
  }

  remove(job: Job): void {
    if (job.ahead === undefined) this.#head = job.behind
    else job.ahead.behind = job.behind
    if (job.behind === undefined) this.#tail = job.ahead
    else job.behind.ahead = job.ahead
    job.ahead = job.behind = undefined
    job.waiting = false
    this.length--
  }
}
