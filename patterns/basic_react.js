// An analyst finds the facts, then a wiser voice answers. After ReAct: Yao et al. 2022, arXiv:2210.03629.
export const manifest = {
  title: 'Analyst and sage',
  description: 'An analyst works with the tools; a second voice, whom you may choose, makes an answer of what was found.',
  params: {
    type: 'object',
    properties: {
      persona: { type: 'string', maxLength: 500, title: 'Who answers', default: '' },
    },
    additionalProperties: false,
  },
  tags: ['react', 'synthesis'],
};

const SAGE = 'You are an experienced adviser: you say what matters, plainly, and what remains uncertain.';

export async function run(ctx) {
  const found = await ctx.react();
  ctx.step('Synthesis');
  const messages = [
    { role: 'system', content: [ctx.instructions.client, ctx.params.persona || SAGE].filter(Boolean).join('\n\n') },
    {
      role: 'user',
      content:
        `The question:\n${ctx.query}\n\nAn analyst's findings:\n${found}\n\n` +
        'Answer the question from these findings, in your own words. Add no facts of your own.',
    },
  ];
  try {
    const answer = await ctx.llm(messages, { title: 'Synthesis', stream: 'answer' });
    return answer.trim() || found;
  } catch (error) {
    // The findings are an answer, too.
    ctx.thought(`The synthesis failed (${error.message}); the analyst answers.`);
    return found;
  }
}
