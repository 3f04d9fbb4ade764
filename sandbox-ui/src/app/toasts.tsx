import { signal } from '@preact/signals';
import { isFailure } from '../api/http.ts';
import { t } from '../i18n/index.ts';
import { Icon } from '../ui/Icon.tsx';

interface Toast {
  id: number;
  tone: 'ok' | 'error';
  text: string;
}

const shown = signal<Toast[]>([]);
const spoken = signal('');
let next = 1;

/** One polite live region for the whole page: it tells of phases, never of tokens. */
export function announce(text: string): void {
  spoken.value = text;
}

export function toast(text: string, tone: Toast['tone'] = 'ok'): void {
  const id = next++;
  shown.value = [...shown.value.slice(-3), { id, tone, text }];
  setTimeout(() => dismiss(id), tone === 'ok' ? 4000 : 12_000);
}

const dismiss = (id: number) => (shown.value = shown.value.filter(one => one.id !== id));

/** An error in words for people. */
export function words(error: unknown): string {
  if (isFailure(error)) return error.status === 0 ? t('app.unreachable') : error.message;
  return error instanceof Error ? error.message : String(error);
}

/** Shows what went wrong, except that a key is needed: the page asks for it. */
export function complain(error: unknown): void {
  if (isFailure(error) && error.status === 401) return;
  toast(words(error), 'error');
}

export function Toasts() {
  return (
    <>
      <div class="sr" role="status" aria-live="polite">
        {spoken.value}
      </div>
      <div class="toasts" role="region" aria-label={t('app.messages')}>
        {shown.value.map(one => (
          <div key={one.id} class={`toast ${one.tone}`} role={one.tone === 'error' ? 'alert' : 'status'}>
            <Icon name={one.tone === 'error' ? 'warn' : 'ok'} />
            <span>{one.text}</span>
            <button
              type="button"
              class="btn ghost"
              aria-label={t('app.dismiss')}
              onClick={() => dismiss(one.id)}
            >
              <Icon name="x" size={13} />
            </button>
          </div>
        ))}
      </div>
    </>
  );
}
