import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { Icon, type IconName } from './Icon.tsx';

export const Kbd = ({ keys }: { keys: string }) => <kbd aria-hidden="true">{keys}</kbd>;

interface ButtonProps {
  kind?: 'plain' | 'primary' | 'danger' | 'ghost';
  icon?: IconName;
  kbd?: string;
  /** What it is called where it shows an icon only. */
  label?: string;
  id?: string;
  type?: 'button' | 'submit';
  disabled?: boolean;
  pressed?: boolean;
  expanded?: boolean;
  onClick?: (event: MouseEvent) => void;
  children?: ComponentChildren;
}

export function Button(props: ButtonProps) {
  const { kind = 'plain', icon, kbd, label, children, pressed, expanded, type = 'button' } = props;
  return (
    <button
      id={props.id}
      type={type}
      class={`btn ${kind}`}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      aria-expanded={expanded}
      disabled={props.disabled ?? false}
      onClick={props.onClick}
    >
      {icon && <Icon name={icon} size={15} />}
      {children}
      {kbd && <Kbd keys={kbd} />}
    </button>
  );
}

interface SwitchProps {
  on: boolean;
  set: (on: boolean) => void;
  children: ComponentChildren;
  note?: ComponentChildren;
  disabled?: boolean;
}

export const Switch = ({ on, set, children, note, disabled = false }: SwitchProps) => (
  <label class="switch">
    <span class="switch-label">
      {children}
      {note && <small>{note}</small>}
    </span>
    <input
      type="checkbox"
      role="switch"
      checked={on}
      disabled={disabled}
      onChange={e => set(e.currentTarget.checked)}
    />
    <i aria-hidden="true" />
  </label>
);

interface SegmentedProps<T extends string> {
  label: string;
  value: T;
  set: (value: T) => void;
  options: readonly (readonly [T, string])[];
}

export function Segmented<T extends string>({ label, value, set, options }: SegmentedProps<T>) {
  const name = useId();
  return (
    <div class="seg" role="radiogroup" aria-label={label}>
      {options.map(([option, text]) => (
        <label key={option} class={option === value ? 'on' : ''}>
          <input type="radio" name={name} checked={option === value} onChange={() => set(option)} />
          {text}
        </label>
      ))}
    </div>
  );
}

type Tone = 'plain' | 'ok' | 'warn' | 'err';

export const Chip = ({
  tone = 'plain',
  children,
  title,
}: {
  tone?: Tone;
  children: ComponentChildren;
  title?: string;
}) => (
  <span class={`chip ${tone}`} title={title}>
    {children}
  </span>
);

/** A label with its control; the control gets the id that ties them. */
export function Field({
  label,
  note,
  children,
}: {
  label: string;
  note?: string;
  children: (id: string) => ComponentChildren;
}) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children(id)}
      {note && <small>{note}</small>}
    </div>
  );
}

interface SelectProps {
  id?: string;
  label?: string;
  value: string;
  set: (value: string) => void;
  options: readonly (readonly [string, string])[];
  disabled?: boolean;
}

export const Select = ({ id, label, value, set, options, disabled = false }: SelectProps) => (
  <select
    id={id}
    aria-label={label}
    value={value}
    disabled={disabled}
    onChange={e => set(e.currentTarget.value)}
  >
    {options.map(([option, text]) => (
      <option key={option} value={option} selected={option === value}>
        {text}
      </option>
    ))}
  </select>
);
