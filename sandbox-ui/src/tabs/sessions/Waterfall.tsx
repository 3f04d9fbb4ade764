import { useSignal } from '@preact/signals';
import type { JournalEntry } from '../../api/types.ts';
import { complain } from '../../app/toasts.tsx';
import { t } from '../../i18n/index.ts';
import { duration, pretty } from '../../lib/format.ts';
import type { Turn } from '../../lib/run/turn.ts';
import { isOver } from '../../lib/run/turn.ts';
import { useClock } from '../../ui/clock.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Bar } from '../../ui/run/bars.tsx';
import { spansOf, type Span } from './spans.ts';

interface Payloads {
  find(call: string): Promise<JournalEntry | undefined>;
}

/** Every call on the scale of time; a call shows what was sent and what came back when it is opened. */
export function Waterfall({ turn, journal }: { turn: Turn; journal: Payloads }) {
  const now = useClock(!isOver(turn.phase.value));
  const elapsed = Math.max(1, turn.elapsed(now));
  const spans = spansOf(turn, elapsed, {
    attempts: (n, fallbacks) => (n > 1 || fallbacks > 0 ? t('sessions.attempts', { n, fallbacks }) : ''),
  });
  return (
    <div class="tbl-wrap waterfall" role="list" aria-label={t('sessions.waterfall')}>
      {spans.map((span, i) => (
        <SpanRow key={i} span={span} total={elapsed} journal={journal} />
      ))}
    </div>
  );
}

function SpanRow({ span, total, journal }: { span: Span; total: number; journal: Payloads }) {
  const entry = useSignal<JournalEntry | 'none' | undefined>(undefined);
  const open = useSignal(false);
  const show = async () => {
    open.value = !open.value;
    if (!open.value || entry.value || !span.call) return;
    try {
      entry.value = (await journal.find(span.call)) ?? 'none';
    } catch (error) {
      complain(error);
    }
  };
  const name = (
    <>
      {span.call !== undefined && (
        <span class={`chevron ${open.value ? 'open' : ''}`}>
          <Icon name="chevron" size={12} />
        </span>
      )}
      <span class="wf-kind">{t(`span.${span.kind}`)}</span> {span.name}
    </>
  );
  return (
    <div role="listitem">
      <div class="wf-row">
        {span.call === undefined ? (
          <span class={`wf-name d${span.depth}`}>{name}</span>
        ) : (
          <button
            type="button"
            class={`wf-name d${span.depth}`}
            aria-expanded={open.value}
            onClick={() => void show()}
          >
            {name}
          </button>
        )}
        <div class="track">
          <Bar
            kind={span.failed ? 'bad' : span.kind === 'step' ? 'think' : span.kind}
            from={span.from / total}
            width={(span.to - span.from) / total}
            title={`${span.name}: ${duration(span.to - span.from)}`}
          />
        </div>
        <span class="race-ms">{duration(span.to - span.from)}</span>
        <span class="wf-note">{span.note}</span>
      </div>
      {open.value && <Payload entry={entry.value} />}
    </div>
  );
}

function Payload({ entry }: { entry: JournalEntry | 'none' | undefined }) {
  if (entry === undefined) return <p class="wf-payload dim">{t('app.loading')}</p>;
  if (entry === 'none') return <p class="wf-payload dim">{t('sessions.noPayload')}</p>;
  return (
    <div class="wf-payload">
      <div class="tool-label">
        {entry.kind} · {entry.target}
      </div>
      <pre tabIndex={0} aria-label={t('sessions.payload')} class={entry.error === undefined ? '' : 'err'}>
        {pretty(entry.error ?? entry.result)}
      </pre>
    </div>
  );
}
