"""Plans, carries the plan out, drafts, answers. After Plan-and-Solve: Wang et al. 2023, arXiv:2305.04091."""

MANIFEST = {
    "title": "Plan and draft",
    "description": "Plans first, carries the plan out with tools, drafts, looks for mistakes, and only then answers.",
    "tags": ["react", "planning"],
}

_INSTRUCTIONS = """{system_instruction}
Work in four stages.
1. Write a numbered plan in <PLAN> tags: the fewest steps that answer the question. End the stage with an empty <ACTION></ACTION>.
2. Carry the plan out, one step a turn: reason in <EXECUTE> tags, and use one <ACTION> if the step needs a tool. Change the plan
if an observation contradicts it.
3. Write all that you have in <DRAFT> tags, then look for mistakes and gaps in it in <THOUGHT> tags.
End the stage with an empty <ACTION></ACTION>.
4. Write the corrected <FINAL_ANSWER>; whoever reads it sees nothing else.
An easy question needs no tools: go from the plan to the draft.
{tool_instructions}
Close every tag."""


def get_prompt_structure():
    return {
        "static_system": [
            {"tag": "INSTRUCTIONS", "content": _INSTRUCTIONS},
            {"tag": "TOOLS", "content": "{tools_list_text}"},
        ],
        "dynamic_context": [
            {"tag": "DRAFT_SO_FAR", "content": "{draft_context}"},
            {"tag": "STATUS", "content": "Today is {current_date}. {server_status_text}"},
        ],
    }
