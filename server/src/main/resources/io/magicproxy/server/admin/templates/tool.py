MANIFEST = {"title": "My tool", "effect": "none"}


def run(text: str) -> str:
    """Says a text backwards. Models read this, and what stands at the parameters.

    :param text: The text.
    """
    return text[::-1]
