// The model by itself. After instruction-following chat: Ouyang et al. 2022, arXiv:2203.02155.
export const manifest = {
  title: 'Plain chat',
  description: 'Asks the model once, without tools or steps: the baseline to race other patterns against.',
  tags: ['baseline'],
};

export async function run(ctx) {
  const system = [ctx.instructions.client, ctx.instructions.server].filter(Boolean).join('\n\n');
  const question = ctx.query ? [{ type: 'text', text: ctx.query }] : [];
  const content = ctx.attachments.length > 0 ? [...question, ...ctx.attachments] : ctx.query;
  const messages = [...(system ? [{ role: 'system', content: system }] : []), ...ctx.history, { role: 'user', content }];
  return ctx.llm(messages, { stream: 'answer', title: 'Answer' });
}
