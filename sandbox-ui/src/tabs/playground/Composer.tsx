import { useEffect, useRef } from 'preact/hooks';
import { toast } from '../../app/toasts.tsx';
import { t } from '../../i18n/index.ts';
import { Button } from '../../ui/controls.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { canGoOn, goOn, run, running, stop } from './race.ts';
import { attachments, prompt, setups } from './setup.ts';

const MAX_IMAGE = 8 * 1024 * 1024;

function attach(files: Iterable<File>): void {
  for (const file of files) {
    if (!file.type.startsWith('image/')) continue;
    if (file.size > MAX_IMAGE) {
      toast(t('play.imageTooBig', { name: file.name }), 'error');
      continue;
    }
    const reader = new FileReader();
    reader.onload = () =>
      (attachments.value = [...attachments.value, { name: file.name, url: String(reader.result) }]);
    reader.readAsDataURL(file);
  }
}

export function Composer() {
  const area = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const element = area.current;
    if (!element) return;
    element.style.height = 'auto';
    element.style.height = `${Math.min(200, element.scrollHeight)}px`;
  }, [prompt.value]);
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void run();
    } else if (event.key === 'Escape' && running.value) void stop();
  };
  const ready = setups.value.length > 0 && (prompt.value.trim() !== '' || attachments.value.length > 0);
  return (
    <form
      class="composer"
      onSubmit={e => {
        e.preventDefault();
        void run();
      }}
    >
      <label class="sr" for="prompt">
        {t('play.prompt')}
      </label>
      <textarea
        id="prompt"
        ref={area}
        rows={1}
        placeholder={t(goOn.value ? 'play.promptMore' : 'play.promptHint')}
        value={prompt.value}
        onInput={e => (prompt.value = e.currentTarget.value)}
        onKeyDown={onKey}
        onPaste={e => attach(e.clipboardData?.files ?? [])}
      />
      <Attached />
      <div class="composer-foot">
        <input
          ref={picker}
          class="sr"
          type="file"
          accept="image/*"
          multiple
          tabIndex={-1}
          aria-label={t('play.attach')}
          onChange={e => {
            attach(e.currentTarget.files ?? []);
            e.currentTarget.value = '';
          }}
        />
        <Button kind="ghost" icon="image" label={t('play.attach')} onClick={() => picker.current?.click()} />
        {canGoOn.value && (
          <label class="check">
            <input
              type="checkbox"
              checked={goOn.value}
              onChange={e => (goOn.value = e.currentTarget.checked)}
            />
            {t('play.goOn')}
          </label>
        )}
        <span class="hint">{setups.value.map(lane => lane.alias).join(', ')}</span>
        {running.value ? (
          <Button kind="danger" icon="stop" kbd="Esc" onClick={() => void stop()}>
            {t('play.stop')}
          </Button>
        ) : (
          <Button kind="primary" icon="play" type="submit" id="run" kbd="Ctrl ⏎" disabled={!ready}>
            {t('play.run')}
          </Button>
        )}
      </div>
    </form>
  );
}

function Attached() {
  if (attachments.value.length === 0) return null;
  return (
    <ul class="attached" aria-label={t('play.attached')}>
      {attachments.value.map((each, i) => (
        <li key={i}>
          <img src={each.url} alt={each.name} />
          <button
            type="button"
            class="btn ghost"
            aria-label={t('play.detach', { name: each.name })}
            onClick={() => (attachments.value = attachments.value.toSpliced(i, 1))}
          >
            <Icon name="x" size={13} />
          </button>
        </li>
      ))}
    </ul>
  );
}
