import type { Problem } from '../api/types.ts';
import { t } from '../i18n/index.ts';
import type { Mark } from '../lib/editor/editor.ts';
import { Button } from './controls.tsx';
import { Icon } from './Icon.tsx';

interface ProblemsProps {
  file: string;
  problems: readonly Problem[];
  reveal: (problem: Problem) => void;
  fix?: (problem: Problem) => void;
}

/** What is wrong, each a click away from its line; a slip of the pen is mended by a click. */
export function Problems({ file, problems, reveal, fix }: ProblemsProps) {
  if (problems.length === 0) return null;
  const errors = problems.filter(one => one.severity === 'error').length;
  return (
    <section class={`problems ${errors > 0 ? '' : 'notes'}`} aria-label={t('edit.problems')}>
      <h2>
        <Icon name="warn" size={14} />
        {errors > 0 ? t('edit.problemCount', { n: errors }) : t('edit.noteCount', { n: problems.length })}
      </h2>
      <ul>
        {problems.map((one, i) => (
          <li key={i} class={one.severity}>
            <button type="button" onClick={() => reveal(one)}>
              <Icon name={one.severity === 'error' ? 'x' : 'bulb'} size={13} />
              <b>
                {one.path && one.path !== file && <code>{one.path}</code>} {one.message}
              </b>
              <code class="where">
                {one.file ?? file}:{one.line}:{one.col}
              </code>
            </button>
            {one.fix && fix && (
              <Button kind="ghost" icon="ok" onClick={() => fix(one)}>
                {t('edit.fix', { text: one.fix.text })}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** As the editor shows them at their line. */
export const marksOf = (problems: readonly Problem[], fix?: (problem: Problem) => void): Mark[] =>
  problems.map(one => ({
    line: one.line,
    col: one.col,
    ...(one.endCol === undefined ? {} : { endCol: one.endCol }),
    message: one.message,
    severity: one.severity === 'error' ? 'error' : 'warning',
    ...(one.fix && fix
      ? { fix: { label: t('edit.fix', { text: one.fix.text }), apply: () => fix(one) } }
      : {}),
  }));
