import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { Button } from './controls.tsx';

interface DialogProps {
  title: string;
  /** Absent: it can't be left without an answer. */
  close?: () => void;
  submit?: () => void;
  children: ComponentChildren;
  actions?: ComponentChildren;
  wide?: boolean;
}

/** The browser's own modal dialog: it keeps the focus, and gives it back. */
export function Dialog({ title, close, submit, children, actions, wide = false }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    if (dialog && !dialog.open) dialog.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      class={`dialog ${wide ? 'wide' : ''}`}
      aria-labelledby={id}
      onCancel={e => {
        e.preventDefault();
        close?.();
      }}
    >
      <form
        onSubmit={e => {
          e.preventDefault();
          submit?.();
        }}
      >
        <header>
          <h2 id={id}>{title}</h2>
          {close && <Button kind="ghost" icon="x" label={t('app.close')} onClick={close} />}
        </header>
        <div class="dialog-body">{children}</div>
        {actions && <footer>{actions}</footer>}
      </form>
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  text: string;
  action: string;
  yes: () => void;
  no: () => void;
}

export const Confirm = ({ title, text, action, yes, no }: ConfirmProps) => (
  <Dialog
    title={title}
    close={no}
    submit={yes}
    actions={
      <>
        <Button onClick={no}>{t('app.cancel')}</Button>
        <Button kind="danger" type="submit">
          {action}
        </Button>
      </>
    }
  >
    <p>{text}</p>
  </Dialog>
);
