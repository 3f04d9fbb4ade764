"""Asks an expert: another alias, perhaps an agent, in a role that the question needs."""

MANIFEST = {"title": "Expert advice", "effect": "idempotent", "timeout": "15m", "agents": True}

_DEFAULT = "smart"


def expert_advice(question: str, expert: str = "an experienced generalist", alias: str = ""):
    """Asks an expert, who knows nothing of this conversation, and gives the answer.

    :param question: The whole question, with all that the expert must know.
    :param expert: Who is asked, such as "a tax lawyer who knows German law".
    :param alias: The model or agent that answers in that role; leave it out unless you were told one.
    """
    if not question.strip():
        raise ValueError("the question is empty")
    asked = alias or tool.env.get("PUBLIC_EXPERT_ALIAS") or _DEFAULT
    tool.progress(0, 1, f"asking {asked}")
    answer = tool.agent(
        asked,
        f"You are {expert.strip() or 'an expert'}. Answer as such: precisely, with reasons, and say what you can't know.\n\n"
        f"{question}",
    )
    return {"expert": expert, "alias": asked, "advice": answer}
