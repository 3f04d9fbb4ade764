"""Plans questions, researches each, cross-checks, writes with sources. After STORM: Shao et al. 2024, arXiv:2402.14207."""

MANIFEST = {
    "title": "Deep research",
    "description": "Splits the question, researches the parts side by side with tools, checks the findings against each other, "
    "and writes a report that names its sources.",
    "params": {
        "type": "object",
        "properties": {
            "questions": {"type": "integer", "minimum": 1, "maximum": 8, "default": 4, "title": "At most so many questions"},
            "side_by_side": {"type": "integer", "minimum": 1, "maximum": 8, "default": 3, "title": "Researched at once"},
            "turns": {"type": "integer", "minimum": 1, "maximum": 20, "default": 6, "title": "Turns for each question"},
        },
        "additionalProperties": False,
    },
    "tags": ["research", "parallel", "sources"],
}

_PLAN = {
    "type": "object",
    "properties": {
        "questions": {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
    },
    "required": ["questions"],
}

_RESEARCHER = """Answer the question from what the tools tell you. Write your reasoning in <THOUGHT> tags, then either one <ACTION> or,
when you know enough, the <FINAL_ANSWER>. In it give each fact with its source: the tool, and the address or title that it
named. Say "from memory" where you have none, and name what you couldn't find.
{tool_instructions}
Close every tag."""

_WRITER = (
    "You write a report from findings. Answer the question in the first sentence. Cite findings by their numbers, such as [2], "
    "and repeat the sources that they name. Say what is contested and what remains open. Add no facts of your own."
)


async def _plan(ctx, most):
    """The questions; the whole one if the model gives none that are usable."""
    prompt = (
        f"Somebody wants to know:\n{ctx.query}\n\nWhich questions must be answered for that? Write 1 to {most}, each "
        "understandable by itself, none twice. Today's tools: "
        + (", ".join(tool.name for tool in ctx.tools) or "none")
        + '. Answer with JSON only: {"questions": ["…"]}'
    )
    try:
        plan = await ctx.llm(prompt, schema=_PLAN, title="Plan", stream=False)
    except Exception as e:
        ctx.thought(f"No plan could be made ({e}); the question is researched as a whole.\n")
        return [ctx.query]
    return list(dict.fromkeys(question.strip() for question in plan["questions"]))[:most]


async def _research(question, ctx):
    """What was found, or why nothing was: one question that fails must not end the others."""
    structure = [
        {"tag": "INSTRUCTIONS", "content": _RESEARCHER},
        {"tag": "TOOLS", "content": "{tools_list_text}"},
    ]
    try:
        found = await ctx.react(query=question, structure=structure, max_steps=ctx.params.get("turns", 6))
        return {"question": question, "found": found.strip()}
    except Exception as e:
        return {"question": question, "failed": str(e)}


def _text(number, finding):
    return f"[{number}] {finding['question']}\n{finding.get('found') or 'Nothing was found: ' + finding.get('failed', 'no text')}"


async def _check(ctx, findings):
    """Contradictions and gaps; no check is better than no report."""
    try:
        return await ctx.llm(
            f"These findings are meant to answer: {ctx.query}\n\n{findings}\n\nCompare them. Where do they contradict each "
            "other, which claims lack a source, what is missing? Write a short list; write NONE if all is well.",
            title="Cross-check",
        )
    except Exception as e:
        ctx.thought(f"The findings could not be checked ({e}).\n")
        return "The findings were not checked against each other."


async def run(ctx):
    ctx.step("Plan")
    questions = await _plan(ctx, ctx.params.get("questions", 4))
    ctx.emit("questions", questions)

    ctx.step("Research")
    found = await ctx.map(questions, _research, concurrency=ctx.params.get("side_by_side", 3))
    if not any(one.get("found") for one in found):
        raise RuntimeError("nothing was found; the first question failed: " + found[0].get("failed", "it gave no text"))
    findings = "\n\n".join(_text(i, one) for i, one in enumerate(found, 1))

    ctx.step("Cross-check")
    remarks = await _check(ctx, findings)

    ctx.step("Report")
    report = await ctx.llm(
        [
            {"role": "system", "content": "\n\n".join(filter(None, [ctx.instructions["client"], _WRITER]))},
            {
                "role": "user",
                "content": f"The question:\n{ctx.query}\n\nFindings:\n{findings}\n\nRemarks of the check:\n{remarks}",
            },
        ],
        title="Report",
        stream="answer",
    )
    return report.strip() or findings
