"""Drives the whole reasoning itself: a draft, a critique, a better answer."""

MANIFEST = {
    "title": "Draft and improve",
    "description": "Writes a draft, criticises it, and answers.",
    "params": {
        "type": "object",
        "properties": {
            "rounds": {"type": "integer", "minimum": 1, "maximum": 5, "default": 1, "title": "Rounds of critique"}
        },
    },
}


def run(ctx):
    ctx.step("Draft")
    draft = ctx.llm(ctx.query)
    for number in range(1, ctx.params.get("rounds", 1) + 1):
        ctx.step(f"Critique {number}")
        critique = ctx.llm(f'What is wrong or missing in this answer to "{ctx.query}"?\n\n{draft}')
        ctx.thought(critique)
        draft = ctx.llm(
            f"Question: {ctx.query}\n\nAnswer:\n{draft}\n\nCritique:\n{critique}\n\nWrite the better answer."
        )
    return draft
