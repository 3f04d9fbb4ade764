"""The built-in loop with a prompt of its own: think, act, observe, answer. What the placeholders stand for: docs/patterns.md."""

MANIFEST = {
    "title": "My loop",
    "description": "Thinks, calls tools, and answers.",
    "tags": ["react"],
}

_INSTRUCTIONS = """{system_instruction}
Reason in <THOUGHT> tags. Then write either one <ACTION> or the <FINAL_ANSWER>, never both.
{tool_instructions}"""


def get_prompt_structure():
    return {
        "static_system": [
            {"tag": "INSTRUCTIONS", "content": _INSTRUCTIONS},
            {"tag": "TOOLS", "content": "{tools_list_text}"},
        ],
        "dynamic_context": [
            {"tag": "STATUS", "content": "Today is {current_date}. {server_status_text}"},
        ],
    }
