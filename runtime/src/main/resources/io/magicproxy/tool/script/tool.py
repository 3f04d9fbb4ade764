"""The prelude of Python tools: schema and run are the file's own."""


def _schema(module):
    for name in ("SCHEMA", "schema"):
        if isinstance(getattr(module, name, None), dict):
            return getattr(module, name)
    return None


def describe(host, module, input):
    schema = _schema(module)
    if not callable(getattr(module, "run", None)) or schema is None:
        raise TypeError("a tool has run(args) and SCHEMA: {description, parameters}")
    return {
        "description": str(schema.get("description", "")),
        "parameters": schema.get("parameters", {}),
        "manifest": getattr(module, "MANIFEST", None) or getattr(module, "manifest", None) or {},
    }


def run(host, module, input):
    import builtins

    builtins.tool = powers(host, module.run)
    return module.run(input)
