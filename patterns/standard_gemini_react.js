// A plain think-act-observe loop. After ReAct: Yao et al. 2022, arXiv:2210.03629.
export const manifest = {
  title: 'Standard ReAct',
  description: 'Thinks, calls a tool, reads its result, and so on until it knows the answer.',
  tags: ['react', 'baseline'],
};

export const getPromptStructure = () => ({
  static_system: [
    {
      tag: 'INSTRUCTIONS',
      content: `{system_instruction}
Work in turns. In each turn first write your reasoning in <THOUGHT> tags. Then write either one <ACTION>, if you still need
something, or the <FINAL_ANSWER>, if you know enough. Never write both. Wait for the observation after an action; don't invent it.
{tool_instructions}
Close every tag.`,
    },
    { tag: 'TOOLS', content: '{tools_list_text}' },
  ],
  dynamic_context: [{ tag: 'STATUS', content: 'Today is {current_date}. {server_status_text}' }],
});
