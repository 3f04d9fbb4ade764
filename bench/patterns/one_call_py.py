"""A script that waits for a model."""


def run(ctx):
    ctx.step("ask")
    return ctx.llm(ctx.query)
