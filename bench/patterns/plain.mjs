// The built-in loop with a prompt of one line.
export const getPromptStructure = () => [{ tag: 'TASK', content: 'Answer.' }];
