# The prelude that asks a Python tool's file what tool it is. See docs/tools.md. Imports nothing: see hints.py.

_PARAM = ("param", "parameter", "arg", "argument", "key", "keyword", "attribute", "var", "ivar", "cvar")
_RETURN = ("return", "returns")
_OTHER = ("type", "rtype", "raise", "raises", "except", "exception", "meta")
_ARGS = ("Args", "Arguments", "Parameters", "Attributes", "Keyword Args", "Keyword Arguments")
_DROPPED = ("Yields", "Raises")
_GENERATOR = 0x20 | 0x200


class Problem(Exception):
    """Why a file is no tool, for its author; `about` is a name in the file, if no line is known."""

    def __init__(self, message, line=0, about=""):
        super().__init__(message)
        self.told = {"message": message, "line": line, "about": about}


def describe(host, module, input):
    try:
        return _describe(module, input["name"])
    except Problem as problem:
        return {"problem": problem.told}


def _describe(module, name):
    manifest = _exported(module, "MANIFEST", "manifest")
    given = _exported(module, "SCHEMA", "schema")
    bound, function = _entry(module, name)
    line = _line(function)
    try:
        fields = parameters(function)
        told, texts = read_docs(function.__doc__)
        if given is not None:
            description, made = _explicit(given)
            style = _style(function, fields, made, line)
            told = description or told
        else:
            style, made = _derived(function, fields, texts, line)
        convert = _converts(style, fields, given)
        integers = [] if convert or style == "object" else [n for n, f in fields.items() if _is_integer(f)]
    except NameError as error:
        raise Problem(f"{bound}: an annotation names what the file doesn't have: {error}", line) from None
    call = {"function": bound, "style": style, "tool": _takes_tool(function), "typed": convert, "integers": integers}
    return {"description": told, "parameters": made, "call": call, "manifest": manifest or {}}


def _exported(module, *names):
    for name in names:
        value = getattr(module, name, None)
        if value is None or _is_function(value):
            continue
        if not isinstance(value, dict):
            raise Problem(f"{name} must be a dictionary", about=name)
        if not is_json(plain(value)):
            raise Problem(f"{name} must be JSON: texts, numbers, lists and dictionaries", about=name)
        return plain(value)
    return None


# ---------------------------------------------------------------- which function it is


def _is_function(value):
    return hasattr(inner(value), "__code__") and not isinstance(value, type)


def _entry(module, name):
    own = {
        key: value
        for key, value in vars(module).items()
        if not key.startswith("_") and _is_function(value) and value.__module__ == module.__name__
    }
    name = name.replace("-", "_")
    if _is_function(getattr(module, "run", None)):
        bound = "run"
    elif name in own:
        bound = name
    elif len(own) == 1:
        (bound,) = own
    elif own:
        listed = ", ".join(f"{key} (line {_line(value)})" for key, value in own.items())
        raise Problem(
            f"which function is the tool? There are {listed}: call one of them run, or begin the others' names with _",
            _line(list(own.values())[1]),
        )
    else:
        raise Problem(
            f"there is no function: write one, such as def {name}(text: str) -> str, "
            "with a docstring that says what it does",
            1,
        )
    function = getattr(module, bound)
    code = inner(function).__code__
    if code.co_flags & _GENERATOR:
        raise Problem(f"{bound} is a generator: a tool has one result; return it instead of yield", _line(function))
    if code.co_flags & _VARARGS or code.co_posonlyargcount:
        sign = "*" + code.co_varnames[code.co_argcount + code.co_kwonlyargcount] if code.co_flags & _VARARGS else "/"
        raise Problem(
            f"{bound} takes {sign}: arguments are given by their names; declare each by its own", _line(function)
        )
    return bound, function


def _line(function):
    return inner(function).__code__.co_firstlineno


# ---------------------------------------------------------------- what it takes


def _takes_tool(function):
    code = inner(function).__code__
    return "tool" in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


def _derived(function, fields, texts, line):
    only = fields["args"] if list(fields) == ["args"] else None
    if only is not None:
        hint = base(only.hint, only.space)
        if record(hint) is not None:
            return "object", _schema(only, "args", function, line)
        if hint is dict or _any(hint):
            raise Problem(
                f"{function.__name__}(args) doesn't say what it takes: give each argument its own name and annotation, "
                "make args a dataclass or a TypedDict, or give SCHEMA",
                line,
            )
    for name, field in fields.items():
        field.text = texts.get(name, "")
    made = object_schema(fields, lambda name, field: _with_default(_schema(field, name, function, line), field))
    more = takes_more(function)
    if more is not None:
        made["additionalProperties"] = _schema(more, "**", function, line) or True
    return "names", made


def _with_default(made, field):
    """A default says something about the type too."""
    if made == {} and type(field.default) in (str, int, float, bool):
        return {"type": _SCALARS[type(field.default)]}
    if made != {} and field.default is None and {"type": "null"} not in made.get("anyOf", []):
        text = made.pop("description", None)
        return {"anyOf": [made, {"type": "null"}], **({"description": text} if text else {})}
    return made


def _schema(field, name, function, line):
    try:
        return schema(field.hint, field.space, lambda hint: read_docs(hint.__doc__)[1])
    except Unfit as unfit:
        raise Problem(f"{function.__name__}, argument {name}: {unfit}", line) from None


def _is_integer(field):
    hint = base(field.hint, field.space)
    return hint is int or _parts(hint)[0] == "union" and int in _parts(hint)[1]


def _explicit(given):
    for name in ("parameters", "inputSchema", "input_schema"):
        if isinstance(given.get(name), dict):
            return str(given.get("description", "")), given[name]
    return str(given.get("description", "")), given


def _style(function, fields, given, line):
    properties = given.get("properties", {})
    if len(fields) == 1 and next(iter(fields)) not in properties:
        return "object"
    missing = [name for name, field in fields.items() if field.required and name not in properties]
    strange = [name for name in properties if name not in fields and takes_more(function) is None]
    if missing or strange:
        raise Problem(
            f"{function.__name__} and SCHEMA differ in {', '.join(missing + strange)}: give both the same names, "
            "or let the function take one argument, args",
            line,
        )
    return "names"


def _converts(style, fields, given):
    """A dictionary that an explicit schema describes stays one, unless the function wants it otherwise."""
    if style == "object" and given is not None:
        (only,) = fields.values()
        return record(base(only.hint, only.space)) is not None
    return not all(as_is(field.hint, field.space) for field in fields.values())


# ---------------------------------------------------------------- docstrings


def read_docs(text):
    """The description, and the texts of the arguments: `:param x:` fields or an `Args:` section."""
    told, fields = [], {}
    into, section, margin = told, "", 0
    for line in _clean(text or ""):
        words, indent = line.strip(), len(line) - len(line.lstrip())
        field = _doc_field(words) if indent == 0 else None
        head = _doc_head(words) if indent == 0 else None
        if field:
            kind, name, rest = field
            section = "field"
            into = told if kind in _RETURN else fields.setdefault(name, []) if kind in _PARAM else []
            into.append("Returns: " + rest if kind in _RETURN else rest)
        elif head:
            section, margin = head, 0
            into = told if head.startswith("Return") else []
            into.append("Returns:")
        elif section and indent == 0 and words:
            section, into = "", told
            into.append(line)
        elif section in _ARGS and words:
            margin = margin or indent
            entry = _doc_entry(words) if indent == margin else None
            if entry:
                into = fields.setdefault(entry[0], [])
            into.append(entry[1] if entry else words)
        else:
            into.append(words if section else line)
    return "\n".join(told).strip(), {name: " ".join(filter(None, lines)) for name, lines in fields.items()}


def _clean(text):
    """Its lines, without the margin that its place in the code gives them."""
    first, *rest = text.expandtabs().split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in rest if line.strip()), default=0)
    return [first.strip(), *(line[margin:].rstrip() for line in rest)]


def _doc_field(words):
    """:param int x: text"""
    end = words.find(":", 1)
    kind, *names = words[1:end].split() if words.startswith(":") and end > 1 else [""]
    if kind not in _PARAM + _RETURN + _OTHER:
        return None
    return kind, names[-1].lstrip("*") if names else "", words[end + 1 :].strip()


def _doc_head(words):
    head = words[:-1].rstrip() if words.endswith(":") else ""
    return head if head in (*_ARGS, *_DROPPED, "Return", "Returns") else None


def _doc_entry(words):
    """x (int): text"""
    head, colon, text = words.partition(":")
    name, _, kind = head.partition("(")
    if "(" in head and not head.rstrip().endswith(")"):
        # The type has a colon of its own.
        _, colon, text = words.partition("):")
    name = name.strip().lstrip("*")
    return (name, text.strip()) if colon and name.isidentifier() else None
