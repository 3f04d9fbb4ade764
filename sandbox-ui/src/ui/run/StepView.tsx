import { useSignal } from '@preact/signals';
import { href } from '../../app/routes.ts';
import { t, tOr } from '../../i18n/index.ts';
import { clip, count, duration, pretty } from '../../lib/format.ts';
import type { Part, Step, ToolCall } from '../../lib/run/step.ts';
import { Button, Chip } from '../controls.tsx';
import { Icon } from '../Icon.tsx';
import { Growing } from './Growing.tsx';

/** A step of a run, folded when it is over unless something in it failed. */
export function StepView({ step, fork }: { step: Step; fork?: (step: number) => void }) {
  const chosen = useSignal<boolean | null>(null);
  const open = chosen.value ?? (step.live.value || step.failed);
  const parts = step.parts.value;
  const tools = step.tools;
  const tokens = step.models.value.reduce((sum, call) => sum + call.completionTokens, 0);
  const waiting = tools.some(tool => tool.durationMs === undefined);
  return (
    <div class={`step ${step.failed ? 'bad' : ''}`}>
      <button type="button" class="step-head" aria-expanded={open} onClick={() => (chosen.value = !open)}>
        <span class={`chevron ${open ? 'open' : ''}`}>
          <Icon name="chevron" size={13} />
        </span>
        <span class="step-name">{step.title || t('run.beginning')}</span>
        <span class="step-sum">
          {tools.length > 0 ? (
            <>
              <Icon name="tool" size={13} />
              {clip([...new Set(tools.map(tool => tool.name))].join(', '), 40)}
            </>
          ) : step.live.value ? (
            t('run.thinking')
          ) : null}
        </span>
        <span class="step-meta">
          {tokens > 0 && `${count(tokens)} ${t('run.tok')}`}
          {waiting && step.live.value && <span class="spin" />}
          {step.models.value.some(call => call.fallbacks > 0 || call.attempts > 1) && (
            <Chip tone="warn">{t('run.failover')}</Chip>
          )}
          {step.failed && <Chip tone="err">{t('run.toolError')}</Chip>}
        </span>
      </button>
      {open && (
        <div class="step-body">
          {parts.length === 0 && <p class="dim">{t('run.nothingSaid')}</p>}
          {parts.map((part, i) => (
            <PartView key={i} part={part} />
          ))}
          {fork && step.number > 0 && (
            <Button icon="fork" onClick={() => fork(step.number)}>
              {t('sessions.forkHere')}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

function PartView({ part }: { part: Part }) {
  switch (part.kind) {
    case 'text':
      return (
        <>
          {part.title && <div class="part-title">{tOr(`part.${part.title.toLowerCase()}`, part.title)}</div>}
          <Growing block={part.block} kind="thought" />
        </>
      );
    case 'tool':
      return <ToolView tool={part.tool.value} />;
    case 'agent':
      return (
        <a class="nested" href={href('sessions', part.session)}>
          <Icon name="fork" size={13} />
          {t('run.nested', { alias: part.alias })}
        </a>
      );
    case 'custom':
      return (
        <div class="tool-call">
          <div class="tool-label">{part.name}</div>
          <pre tabIndex={0} aria-label={part.name}>
            {pretty(part.data)}
          </pre>
        </div>
      );
  }
}

const ToolView = ({ tool }: { tool: ToolCall }) => (
  <div class="tool-call">
    <div class="tool-label">
      <Icon name="tool" size={12} />
      {tool.name}
      {tool.durationMs !== undefined && ` · ${duration(tool.durationMs)}`}
    </div>
    <pre tabIndex={0} aria-label={t('run.arguments')}>
      {pretty(tool.arguments)}
    </pre>
    {tool.result !== undefined && (
      <>
        <div class="tool-label">{t('run.observation')}</div>
        <pre tabIndex={0} aria-label={t('run.observation')}>
          {clip(pretty(tool.result), 20_000)}
        </pre>
      </>
    )}
    {tool.error !== undefined && (
      <>
        <div class="tool-label">{tool.code}</div>
        <pre tabIndex={0} class="err" aria-label={t('run.toolError')}>
          {tool.error}
        </pre>
        <a class="lnk" href={href('scripts', `tools/${tool.name}`)}>
          {t('run.openTool', { name: tool.name })}
        </a>
      </>
    )}
  </div>
);
