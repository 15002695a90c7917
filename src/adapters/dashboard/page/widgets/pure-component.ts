/** A component that renders again only if a prop or its state has changed, which keeps a page of hundreds of rows fluid. */
import { Component } from 'preact'

export abstract class PureComponent<Props extends object, State = object> extends Component<Props, State> {
  override shouldComponentUpdate(next: Readonly<Props>, state: Readonly<State>): boolean {
    if (state !== this.state) return true
    const now = this.props as Record<string, unknown>
    const then = next as Record<string, unknown>
    return Object.keys({ ...now, ...then }).some((name) => now[name] !== then[name])
  }
}
