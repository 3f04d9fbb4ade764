import type { Extension } from '@codemirror/state';

export type LanguageName = 'python' | 'javascript' | 'yaml' | 'markdown' | 'text';

export function languageOf(file: string): LanguageName {
  if (file.endsWith('.py')) return 'python';
  if (/\.m?js$/.test(file)) return 'javascript';
  if (/\.ya?ml$/.test(file)) return 'yaml';
  return file.endsWith('.md') ? 'markdown' : 'text';
}

/** Each language is fetched when a file of it is opened. */
export async function language(name: LanguageName): Promise<Extension> {
  switch (name) {
    case 'python':
      return (await import('@codemirror/lang-python')).python();
    case 'javascript':
      return (await import('@codemirror/lang-javascript')).javascript();
    case 'yaml':
      return (await import('@codemirror/lang-yaml')).yaml();
    case 'markdown':
      return (await import('@codemirror/lang-markdown')).markdown();
    case 'text':
      return [];
  }
}
