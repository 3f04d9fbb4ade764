import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { isFailure } from '../api/http.ts';
import { words } from '../app/toasts.tsx';
import { t } from '../i18n/index.ts';
import { Button } from './controls.tsx';
import { Icon, type IconName } from './Icon.tsx';

interface PageProps {
  title: string;
  sub?: ComponentChildren;
  actions?: ComponentChildren;
  children: ComponentChildren;
}

export function Page({ title, sub, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Magic Proxy`;
  }, [title]);
  return (
    <>
      <header class="bar">
        <h1 tabIndex={-1}>{title}</h1>
        {sub && <div class="bar-sub">{sub}</div>}
        <div class="bar-act">{actions}</div>
      </header>
      <div class="page">{children}</div>
    </>
  );
}

interface EmptyProps {
  icon: IconName;
  title: string;
  children?: ComponentChildren;
}

export const Empty = ({ icon, title, children }: EmptyProps) => (
  <div class="empty">
    <div class="empty-icon">
      <Icon name={icon} size={28} />
    </div>
    <h2>{title}</h2>
    {children}
  </div>
);

/** What could not be read, why, and another try. A missing key is asked for elsewhere. */
export function Trouble({ error, retry }: { error: unknown; retry?: () => void }) {
  if (error === undefined || (isFailure(error) && error.status === 401)) return null;
  return (
    <div class="alert err" role="alert">
      <Icon name="warn" />
      <span class="grow">{words(error)}</span>
      {retry && <Button onClick={retry}>{t('app.retry')}</Button>}
    </div>
  );
}

export const Skeleton = () => (
  <div class="skel" role="status" aria-label={t('app.loading')}>
    <i />
    <i />
    <i />
  </div>
);
