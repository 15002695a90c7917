/**
 * Hears of changes of one file through the folder it lies in.
 *
 * A watch of the file itself follows its inode, and is blind after the first atomic rename; the folder sees each name that
 * comes. In a mounted Kubernetes ConfigMap it is not the file that is renamed but the hidden folder `..data` that its link
 * leads through, so names that begin with two dots count too.
 *
 * The watch holds no process. Where it cannot be made, or breaks, that is kept to be told, and polling goes on without it.
 */
import { type FSWatcher, watch } from 'node:fs'

export class FolderWatch {
  readonly #folder: string
  readonly #file: string
  readonly #changed: () => void
  #watcher: FSWatcher | undefined = undefined
  #error: unknown = undefined

  constructor(folder: string, file: string, changed: () => void) {
    this.#folder = folder
    this.#file = file
    this.#changed = changed
  }

  /** Watches the folder that has the name now; it may be another one than before. */
  renew(): void {
    this.close()
    this.#error = undefined
    try {
      this.#watcher = watch(this.#folder, { persistent: false }, (_, name) => {
        if (name === null || name === this.#file || name.startsWith('..')) this.#changed()
      })
      this.#watcher.on('error', (error) => {
        this.close()
        this.#error = error
      })
    } catch (error) {
      this.#error = error
    }
  }

  /** Why there is no watch at present; told once. */
  takeFault(): unknown {
    const error = this.#error
    this.#error = undefined
    return error
  }

  close(): void {
    this.#watcher?.close()
    this.#watcher = undefined
  }
}
