// Drives the whole reasoning itself: a draft, a critique, a better answer.
export const manifest = {
  title: 'Draft and improve',
  description: 'Writes a draft, criticises it, and answers.',
  params: {
    type: 'object',
    properties: { rounds: { type: 'integer', minimum: 1, maximum: 5, default: 1, title: 'Rounds of critique' } },
  },
};

export function run(ctx) {
  ctx.step('Draft');
  let draft = ctx.llm(ctx.query);
  for (let round = 1; round <= (ctx.params.rounds ?? 1); round++) {
    ctx.step(`Critique ${round}`);
    const critique = ctx.llm(`What is wrong or missing in this answer to "${ctx.query}"?\n\n${draft}`);
    ctx.thought(critique);
    draft = ctx.llm(`Question: ${ctx.query}\n\nAnswer:\n${draft}\n\nCritique:\n${critique}\n\nWrite the better answer.`);
  }
  return draft;
}
