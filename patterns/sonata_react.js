// Three acts, each ended by an empty action. After ReAct: Yao et al. 2022, arXiv:2210.03629.
export const manifest = {
  title: 'Sonata',
  description: 'Three acts: sets the theme, develops it with tools, and comes back to an answer.',
  tags: ['react', 'stages'],
};

export const getPromptStructure = () => [
  {
    tag: 'INSTRUCTIONS',
    content: `{system_instruction}
Work in three acts, one after the other. An empty <ACTION></ACTION> ends an act; you are then called again for the next.
Act 1, <EXPOSITION>: say what is asked, what is known, and what is missing. End with <ACTION></ACTION>.
Act 2, <DEVELOPMENT>: close the gaps. Reason in <THOUGHT> tags and use tools, one at a time. End with <ACTION></ACTION>.
Act 3, <RECAPITULATION>: check the result against the question, then write the <FINAL_ANSWER>.
{tool_instructions}
Close every tag.`,
  },
  { tag: 'TOOLS', content: '{tools_list_text}' },
  { tag: 'STATUS', content: 'Today is {current_date}.' },
];
