"""Plan, execute, draft, answer. After Plan-and-Solve: Wang et al. 2023, arXiv:2305.04091."""

MANIFEST = {
    "title": "Plan and draft",
    "description": "Plans first, carries the plan out with tools, drafts, and only then answers.",
    "tags": ["react", "planning"],
}


def get_prompt_structure():
    return [
        {
            "tag": "INSTRUCTIONS",
            "content": (
                "{system_instruction}\n"
                "First write a numbered plan in <PLAN> tags: the fewest steps that answer the question.\n"
                "Then carry it out, one step a turn: reason in <THOUGHT> tags, and use one <ACTION> if the step needs a tool.\n"
                "When the plan is done, write what you have in <DRAFT> tags and look for mistakes in it.\n"
                "Last, write the corrected <FINAL_ANSWER>.\n"
                "{tool_instructions}\n"
                "Close every tag."
            ),
        },
        {"tag": "TOOLS", "content": "{tools_list_text}"},
        {"tag": "DRAFT_SO_FAR", "content": "{draft_context}"},
        {"tag": "STATUS", "content": "Today is {current_date}."},
    ]
