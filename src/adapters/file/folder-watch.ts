/**
 * Watches one file for changes through its folder.
 *
 * A watch of the file itself follows its inode, and sees nothing after the first atomic rename; a watch of the folder sees each
 * new name. In a mounted Kubernetes ConfigMap the hidden folder `..data` is renamed, not the file, so names that begin with two
 * dots count too.
 *
 * The watch does not keep the process alive. If it cannot be made, or fails, `takeFault` returns the error, and polling goes on.
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

  /** Watches the folder that has the name now, which may have been replaced. */
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

  /** The error of the watch, returned once. */
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
