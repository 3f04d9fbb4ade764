import { autocompletion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';
import { membersOf, typeOfChain, type TypeTable } from './typings.ts';

/** The type of what a script is given, by its name in the script. */
function rootType(types: TypeTable, word: string, document: string): string {
  if (word === 'tool') return 'Tool';
  if (word !== 'ctx') return '';
  return /\basync\b/.test(document) && types.has('AsyncCtx') ? 'AsyncCtx' : 'Ctx';
}

/** Completes `ctx.` and `tool.` with what the gateway's typings tell of them. */
export function scriptCompletion(types: TypeTable): Extension {
  const source = (context: CompletionContext): CompletionResult | null => {
    const chain = context.matchBefore(/\b(?:ctx|tool)(?:\.\w+)*\.\w*$/);
    if (!chain) return null;
    const words = chain.text.split('.');
    const typed = words.pop() ?? '';
    const [root = '', ...inner] = words;
    const type = typeOfChain(types, rootType(types, root, context.state.doc.toString()), inner);
    const options = membersOf(types, type).map(member => ({
      label: member.name,
      detail: member.signature.slice(member.name.length, member.name.length + 90),
      info: member.doc || member.signature,
      type: member.signature.includes('(') ? 'method' : 'property',
    }));
    return options.length > 0 ? { from: context.pos - typed.length, options, validFor: /^\w*$/ } : null;
  };
  return autocompletion({ override: [source] });
}
