/** What the tests use of the package, which brings no types. */
declare module '@sinonjs/fake-timers' {
  export type FakeMethod =
    | 'setTimeout'
    | 'clearTimeout'
    | 'setInterval'
    | 'clearInterval'
    | 'setImmediate'
    | 'clearImmediate'
    | 'Date'
    | 'performance'
    | 'nextTick'
    | 'queueMicrotask'

  export interface Clock {
    tick(ms: number): number
    tickAsync(ms: number): Promise<number>
    runToLast(): number
    countTimers(): number
    setSystemTime(time: number): void
    uninstall(): void
  }

  export function withGlobal(global: object): {
    install(options: { now?: number; toFake?: readonly FakeMethod[]; toNotFake?: readonly FakeMethod[] }): Clock
  }
}
