// Asks experts, each an agent of its own, and joins what they say. After Mixture-of-Agents: Wang et al. 2024, arXiv:2406.04692.
export const manifest = {
  title: 'Expert delegation',
  description: 'Decides which experts the question needs, asks each of them as a nested agent, and joins their answers.',
  params: {
    type: 'object',
    properties: {
      agent: { type: 'string', maxLength: 100, title: 'Alias of the agent that plays the experts; empty: this one', default: '' },
      expert_pattern: { type: 'string', maxLength: 100, title: 'Pattern of the experts', default: 'standard_gemini_react' },
      max_experts: { type: 'integer', minimum: 1, maximum: 6, title: 'At most so many experts', default: 3 },
    },
    additionalProperties: false,
  },
  tags: ['agents', 'delegation', 'synthesis'],
};

const JOINER =
  'You join the answers of experts to one. Where they contradict each other, say so and weigh them. ' +
  'Name what nobody answered. Add no facts of your own.';

const TEAM = {
  type: 'object',
  properties: {
    experts: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        properties: { role: { type: 'string', minLength: 1 }, question: { type: 'string', minLength: 1 } },
        required: ['role', 'question'],
      },
    },
  },
  required: ['experts'],
};

// Without a usable choice one generalist gets the whole question.
async function choose(ctx, most) {
  const ask =
    `A question has come in:\n${ctx.query}\n\nWhich experts should work on it? Name 1 to ${most}, as few as it needs, whose ` +
    'fields do not overlap. Give each a question that can be understood without this conversation. ' +
    'Answer with JSON only: {"experts": [{"role": "…", "question": "…"}]}';
  try {
    const team = await ctx.llm(ask, { schema: TEAM, title: 'Choice of experts', stream: false });
    return team.experts.slice(0, most);
  } catch (error) {
    ctx.thought(`No experts could be chosen (${error.message}); a generalist answers.\n`);
    return [{ role: 'generalist', question: ctx.query }];
  }
}

async function consult(ctx, expert) {
  const { agent, expert_pattern: pattern = 'standard_gemini_react' } = ctx.params;
  try {
    const answer = await ctx.agent(
      agent || ctx.session.alias,
      `You are asked as an expert: ${expert.role}.\n${expert.question}\nSay how sure you are, and why.`,
      { reasoning_mode: pattern },
    );
    return { ...expert, answer };
  } catch (error) {
    return { ...expert, failed: error.message };
  }
}

const report = ({ role, question, answer, failed }) =>
  `<EXPERT role="${role}">\nAsked: ${question}\n${answer ?? `Gave no answer: ${failed}`}\n</EXPERT>`;

export async function run(ctx) {
  ctx.step('Choice of experts');
  const experts = await choose(ctx, ctx.params.max_experts ?? 3);
  ctx.emit('experts', experts);

  ctx.step('Consultation');
  const answers = await ctx.map(experts, (expert, i, branch) => consult(branch, expert));
  const given = answers.filter((one) => one.failed === undefined);
  for (const one of answers) ctx.thought(`${one.role}: ${one.failed === undefined ? 'answered' : `failed, ${one.failed}`}\n`);
  if (given.length === 0) {
    throw new Error(`none of the experts answered; the first failure: ${answers[0].failed}`);
  }

  ctx.step('Synthesis');
  const joined = await ctx.llm(
    [
      {
        role: 'system',
        content: [ctx.instructions.client, JOINER].filter(Boolean).join('\n\n'),
      },
      { role: 'user', content: `The question:\n${ctx.query}\n\n${answers.map(report).join('\n\n')}` },
    ],
    { title: 'Synthesis', stream: 'answer' },
  );
  return joined.trim() || given.map((one) => `${one.role}: ${one.answer}`).join('\n\n');
}
