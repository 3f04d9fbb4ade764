import type { Draft } from '../app/draft.ts';
import { t } from '../i18n/index.ts';
import { Button } from './controls.tsx';
import { Icon } from './Icon.tsx';

/** Somebody else has saved the file: what is written here stays, and two clicks decide. */
export function Conflict({ draft, compare }: { draft: Draft; compare: () => void }) {
  if (!draft.conflict.value) return null;
  return (
    <div class="alert warn conflict" role="alert">
      <Icon name="warn" />
      <span class="grow">{t('edit.conflict')}</span>
      <Button onClick={compare}>{t('edit.compareTheirs')}</Button>
      <Button onClick={() => draft.takeTheirs()}>{t('edit.takeTheirs')}</Button>
      <Button kind="primary" onClick={() => draft.keepMine()}>
        {t('edit.keepMine')}
      </Button>
    </div>
  );
}
