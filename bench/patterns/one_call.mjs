// A script that waits for a model.
export const run = (ctx) => {
  ctx.step('ask');
  return ctx.llm(ctx.query);
};
