/** What runs for a tracker until it is stopped, or the tracker is closed. */
export interface Stoppable {
  /** Stopping twice is stopping once. */
  stop(): void
}

export class StoppableSet {
  readonly #all = new Set<Stoppable>()

  /** Gives a handle that stops it once. */
  keep(running: Stoppable): Stoppable {
    const kept = {
      stop: () => {
        if (this.#all.delete(kept)) running.stop()
      },
    }
    this.#all.add(kept)
    return kept
  }

  stop(): void {
    for (const running of this.#all) running.stop()
  }
}
