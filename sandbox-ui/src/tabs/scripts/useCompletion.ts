import { useEffect } from 'preact/hooks';
import { useSignal } from '@preact/signals';
import type { Extension } from '@codemirror/state';
import type { ScriptKind } from '../../api/scripts.ts';
import type { Typings } from '../../api/types.ts';
import type { LanguageName } from '../../lib/editor/languages.ts';

/** What completes `ctx` or `tool` in the file's language, once it is there. */
export function useCompletion(kind: ScriptKind, language: LanguageName, typings: Typings[] | undefined) {
  const extension = useSignal<Extension | undefined>(undefined);
  const wanted = kind === 'patterns' ? 'pattern' : 'tool';
  useEffect(() => {
    const found = typings?.find(one => one.kind.startsWith(wanted) && one.language === language);
    if (!found) {
      extension.value = undefined;
      return;
    }
    let left = false;
    void Promise.all([import('../../lib/editor/completion.ts'), import('../../lib/editor/typings.ts')]).then(
      ([{ scriptCompletion }, { readTypings }]) => {
        if (!left) extension.value = scriptCompletion(readTypings(language, found.content));
      },
    );
    return () => {
      left = true;
    };
  }, [wanted, language, typings]);
  return extension.value;
}
