# The prelude of Python tools: calls the tool's function. `call` is what describe.py found out about it.
import builtins
import sys


def plain(value):
    """What can be passed as JSON, of what scripts use instead."""
    if value is None or isinstance(value, (str, bool)):
        return value
    enum = sys.modules.get("enum")
    if enum is not None and isinstance(value, enum.Enum):
        return plain(value.value)
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, dict):
        return {plain(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(one) for one in value]
    if hasattr(type(value), "__dataclass_fields__"):
        return {name: plain(getattr(value, name)) for name in type(value).__dataclass_fields__}
    return value.isoformat() if hasattr(value, "isoformat") else value


async def _whole(coming):
    return plain(await coming)


def run(host, module, input):
    call, arguments = input["call"], input["arguments"]
    function = getattr(module, call["function"])
    builtins.tool = tool = powers(host, function, input["call_id"])
    if call["typed"]:
        arguments = typed(function, call, arguments)
    for name in call["integers"]:
        # JSON's 3.0 is an integer too.
        if isinstance(arguments.get(name), float) and arguments[name].is_integer():
            arguments[name] = int(arguments[name])
    more = {"tool": tool} if call["tool"] else {}
    made = function(arguments, **more) if call["style"] == "object" else function(**arguments, **more)
    return _whole(made) if hasattr(made, "__await__") else plain(made)
