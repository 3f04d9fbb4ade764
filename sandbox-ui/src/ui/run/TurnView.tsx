import { t } from '../../i18n/index.ts';
import { isOver, type Turn } from '../../lib/run/turn.ts';
import { Icon } from '../Icon.tsx';
import { Skeleton } from '../Page.tsx';
import { Growing } from './Growing.tsx';
import { StepView } from './StepView.tsx';

/** A question, the steps that it took, and the answer. */
interface TurnProps {
  turn: Turn;
  withQuestion?: boolean;
  /** Asks for a fork from a step. */
  fork?: (step: number) => void;
}

export function TurnView({ turn, withQuestion = true, fork }: TurnProps) {
  const phase = turn.phase.value;
  const failure = turn.failure.value;
  const empty = turn.steps.value.length === 0 && !turn.hasAnswer.value;
  return (
    <article class="turn">
      {withQuestion && turn.question.value && (
        <div class="question">
          <span class="sr">{t('run.question')}: </span>
          {turn.question.value}
        </div>
      )}
      {turn.worker.value.attempt > 1 && (
        <p class="note">
          <Icon name="refresh" size={13} />
          {t('run.attempt', { n: turn.worker.value.attempt })}
        </p>
      )}
      {turn.steps.value.map(step => (
        <StepView key={`${step.number}-${step.seq}`} step={step} {...(fork ? { fork } : {})} />
      ))}
      {turn.hasAnswer.value && (
        <div class="answer">
          <div class="answer-label">{t('run.answer')}</div>
          <Growing block={turn.answer} />
        </div>
      )}
      {empty && !isOver(phase) && <Skeleton />}
      {failure && (
        <div class={`alert ${phase === 'stopped' ? 'warn' : 'err'}`} role="alert">
          <Icon name="warn" />
          <span>
            {phase === 'stopped' ? t('run.stopped') : failure.message}{' '}
            {phase !== 'stopped' && <code>{failure.code}</code>}
          </span>
        </div>
      )}
    </article>
  );
}
