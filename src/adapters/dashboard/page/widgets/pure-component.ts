/** Something drawn anew only where one of its properties is another one: what a page of hundreds of rows is fluid by. */
import { Component } from 'preact'

export abstract class Steady<Properties extends object, State = object> extends Component<Properties, State> {
  override shouldComponentUpdate(next: Readonly<Properties>, state: Readonly<State>): boolean {
    if (state !== this.state) return true
    const now = this.props as Record<string, unknown>
    const then = next as Record<string, unknown>
    return Object.keys({ ...now, ...then }).some((name) => now[name] !== then[name])
  }
}
