import { Component, type ComponentType } from 'preact';

/** A component that is drawn anew only for other properties; of a long table, the rows that changed. */
export function memo<P extends object>(
  Drawn: ComponentType<P>,
  same: (before: P, after: P) => boolean,
): ComponentType<P> {
  return class extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      return !same(this.props, next);
    }

    override render() {
      return <Drawn {...this.props} />;
    }
  };
}
