# Type hints as JSON Schema, and JSON values as what the hints promise. Stands between tool.py and describe.py.
# Imports nothing: a library costs each context tens of milliseconds. What a script hasn't imported it can't use either.

_SCALARS = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}
_UNION = type(int | str)
_NONE = object()
_VARARGS, _VARKEYWORDS = 4, 8


class Unfit(TypeError):
    """A hint that no JSON can fit, or a value that doesn't fit its hint."""


class Field:
    """An argument of a function, or a part of a record; `space` has the names that its hint may use."""

    def __init__(self, hint, space, default=_NONE, required=False, text=""):
        self.hint, self.space, self.default, self.required, self.text = hint, space, default, required, text


def _of(module, *names):
    """What a module has, if the script has loaded it."""
    loaded = sys.modules.get(module)
    return tuple(getattr(loaded, name) for name in names if hasattr(loaded, name))


def _name(hint):
    return getattr(hint, "__name__", None) or str(hint)


def _any(hint):
    return hint is object or hint is _NONE or hint in _of("typing", "Any")


def plain_hint(hint, space):
    """Without quotes, and without the names that stand for other hints."""
    while True:
        if isinstance(hint, str):
            hint = eval(hint, space)
        elif hasattr(hint, "__forward_arg__"):
            hint = hint.__forward_arg__
        elif hasattr(hint, "__supertype__"):
            hint = hint.__supertype__
        elif hasattr(hint, "__type_params__") and hasattr(hint, "__value__"):
            hint = hint.__value__
        elif getattr(hint, "__origin__", None) in _of("typing", "Required", "NotRequired", "ReadOnly", "Final"):
            hint = hint.__args__[0]
        else:
            return type(None) if hint is None else hint


def base(hint, space):
    """Without its annotations either."""
    hint = plain_hint(hint, space)
    while hasattr(hint, "__metadata__"):
        hint = plain_hint(hint.__origin__, space)
    return hint


def _parts(hint):
    """The kind of a hint, and what stands in its brackets."""
    args = getattr(hint, "__args__", ())
    if isinstance(hint, _UNION) or getattr(hint, "__origin__", None) in _of("typing", "Union"):
        return "union", args
    origin = getattr(hint, "__origin__", None) or hint
    if origin in _of("typing", "Literal"):
        return "literal", args
    if isinstance(origin, type) and issubclass(origin, _of("enum", "Enum")):
        return "enum", [member.value for member in origin]
    if origin in _SCALARS:
        return "scalar", ()
    if origin in _of("datetime", "datetime", "date"):
        return "date", ()
    if origin is tuple:
        return "tuple", args
    if origin in (list, *_of("_collections_abc", "Sequence", "MutableSequence", "Iterable", "Collection")):
        return "list", args
    if origin in (set, frozenset, *_of("_collections_abc", "Set", "MutableSet")):
        return "set", args
    if origin in (dict, *_of("_collections_abc", "Mapping", "MutableMapping")):
        return "dict", args
    return "record", ()


def record(hint):
    """The fields of a dataclass or TypedDict by their names; None for all else."""
    if not isinstance(hint, type):
        return None
    space = vars(sys.modules.get(hint.__module__, sys))
    if hasattr(hint, "__dataclass_fields__"):
        (fields, missing) = _of("dataclasses", "fields", "MISSING")
        return {one.name: _field(one, space, missing) for one in fields(hint) if one.init}
    if hasattr(hint, "__required_keys__"):
        return {
            name: Field(one, space, required=name in hint.__required_keys__)
            for name, one in hint.__annotations__.items()
        }
    return None


def _field(one, space, missing):
    if one.default is not missing:
        return Field(one.type, space, one.default)
    if one.default_factory is not missing:
        return Field(one.type, space, one.default_factory())
    return Field(one.type, space, required=True)


def inner(function):
    """What decorators have wrapped."""
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return function


def parameters(function):
    """A function's arguments by their names; `tool` is not one of them."""
    function = inner(function)
    code, hints = function.__code__, function.__annotations__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    defaults = dict(function.__kwdefaults__ or {})
    given = function.__defaults__ or ()
    defaults.update(zip(names[code.co_argcount - len(given) : code.co_argcount], given))
    return {
        name: Field(hints.get(name, _NONE), function.__globals__, defaults.get(name, _NONE), name not in defaults)
        for name in names
        if name != "tool"
    }


def takes_more(function):
    """The field of **more; None without it."""
    function = inner(function)
    code = function.__code__
    if not code.co_flags & _VARKEYWORDS:
        return None
    at = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & _VARARGS)
    return Field(function.__annotations__.get(code.co_varnames[at], _NONE), function.__globals__)


# ---------------------------------------------------------------- schema


def schema(hint, space, texts, inside=()):
    """The JSON Schema of what fits the hint. `texts` gives the descriptions of a record's fields."""
    hint = plain_hint(hint, space)
    if hasattr(hint, "__metadata__"):
        return _annotated(schema(hint.__origin__, space, texts, inside), hint.__metadata__)
    if _any(hint):
        return {}
    kind, args = _parts(hint)
    of = lambda one: schema(one, space, texts, inside)
    if kind == "scalar":
        return {"type": _SCALARS[hint]}
    if kind == "literal" or kind == "enum":
        return _choice(args, hint)
    if kind == "union":
        return _union([of(arg) for arg in args])
    if kind == "date":
        return {"type": "string", "format": "date-time" if hint.__name__ == "datetime" else "date"}
    if kind == "tuple":
        return _tuple(args, of)
    if kind == "list" or kind == "set":
        items = of(args[0]) if args else {}
        return {"type": "array", **({"items": items} if items else {}), **({"uniqueItems": True} if kind == "set" else {})}
    if kind == "dict":
        return _dictionary(args, hint, space, of)
    fields = record(hint)
    if fields is None:
        raise Unfit(
            f"{_name(hint)} has no form in JSON; use str, int, float, bool, list[…], dict[str, …], Literal, an Enum, "
            "a dataclass or a TypedDict, or give SCHEMA"
        )
    if hint in inside:
        raise Unfit(f"{_name(hint)} holds itself; give SCHEMA, which can say so with $ref")
    described = texts(hint)
    for name, field in fields.items():
        field.text = described.get(name, "")
    return object_schema(fields, lambda name, field: schema(field.hint, field.space, texts, (*inside, hint)))


def object_schema(fields, of):
    properties = {}
    for name, field in fields.items():
        properties[name] = made = of(name, field)
        if field.text:
            made.setdefault("description", field.text)
        value = plain(field.default)
        # None says nothing, and what isn't JSON can't be said.
        if not field.required and value is not None and is_json(value):
            made["default"] = value
    required = [name for name, field in fields.items() if field.required]
    return {
        "type": "object",
        "properties": properties,
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def is_json(value):
    if isinstance(value, dict):
        return all(isinstance(key, str) for key in value) and all(map(is_json, value.values()))
    if isinstance(value, list):
        return all(map(is_json, value))
    if isinstance(value, float):
        return value - value == 0
    return value is None or isinstance(value, (str, int))


def _annotated(made, extras):
    for extra in extras:
        if isinstance(extra, str):
            made["description"] = extra
        elif isinstance(extra, dict):
            made.update(extra)
    return made


def _choice(values, hint):
    if not values or not all(value is None or isinstance(value, (str, int, float)) for value in values):
        raise Unfit(f"{_name(hint)} must have texts or numbers as its values")
    kinds = {_SCALARS.get(type(value), "") for value in values}
    return {**({"type": kinds.pop()} if len(kinds) == 1 else {}), "enum": list(values)}


def _union(options):
    each = []
    for option in options:
        if option == {}:
            return {}
        if option not in each:
            each.append(option)
    return each[0] if len(each) == 1 else {"anyOf": each}


def _tuple(args, of):
    if len(args) == 2 and args[1] is Ellipsis:
        return {"type": "array", "items": of(args[0])}
    if not args:
        return {"type": "array"}
    return {"type": "array", "prefixItems": [of(arg) for arg in args], "items": False, "minItems": len(args)}


def _dictionary(args, hint, space, of):
    if args and not _any(base(args[0], space)) and base(args[0], space) is not str:
        raise Unfit(f"{hint}: the keys of a JSON object are texts; use dict[str, …]")
    values = of(args[1]) if args else {}
    return {"type": "object", **({"additionalProperties": values} if values else {})}


# ---------------------------------------------------------------- values


def typed(function, call, arguments):
    """The arguments as the function's hints promise them."""
    fields = parameters(function)
    if call["style"] == "object":
        (only,) = fields.values()
        return build(only.hint, only.space, arguments)
    return {
        name: build(fields[name].hint, fields[name].space, value) if name in fields else value
        for name, value in arguments.items()
    }


def as_is(hint, space):
    """Whether a JSON value that fits is what the hint promises."""
    hint = base(hint, space)
    if _any(hint):
        return True
    kind, args = _parts(hint)
    if kind == "record":
        fields = record(hint) if hasattr(hint, "__required_keys__") else None
        return fields is not None and all(as_is(field.hint, field.space) for field in fields.values())
    return kind in ("scalar", "literal") or kind in ("union", "list", "dict") and all(as_is(arg, space) for arg in args)


def build(hint, space, value):
    """What the hint promises, of a JSON value that fits the hint's schema."""
    hint = base(hint, space)
    if _any(hint):
        return value
    kind, args = _parts(hint)
    if kind == "scalar":
        return _scalar(hint, value)
    if kind == "literal":
        return _literal(args, value, hint)
    if kind == "union":
        return _first(args, space, value, hint)
    if kind == "enum":
        try:
            return hint(value)
        except ValueError:
            raise Unfit(f"{value!r} is no {_name(hint)}") from None
    if kind == "date":
        try:
            return hint.fromisoformat(value)
        except (TypeError, ValueError):
            raise Unfit(f"{value!r} is no {_name(hint)}") from None
    if kind in ("list", "set", "tuple"):
        return _items(kind, args, space, value)
    if not isinstance(value, dict):
        raise Unfit("not an object")
    if kind == "dict":
        return {key: build(args[1], space, one) for key, one in value.items()} if args else value
    return _build_record(hint, value)


def _build_record(hint, value):
    fields = record(hint)
    if not fields.keys() >= value.keys() or any(f.required and name not in value for name, f in fields.items()):
        raise Unfit(f"not the fields of {_name(hint)}")
    return hint(**{name: build(fields[name].hint, fields[name].space, one) for name, one in value.items()})


def _scalar(hint, value):
    if hint is int and isinstance(value, float) and value.is_integer():
        return int(value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, hint) and isinstance(value, bool) == (hint is bool):
        return value
    raise Unfit(f"{value!r} is no {_name(hint)}")


def _literal(args, value, hint):
    for one in args:
        if one == value and isinstance(one, bool) == isinstance(value, bool):
            return one
    raise Unfit(f"{value!r} is not one of {hint}")


def _first(args, space, value, hint):
    for arg in args:
        try:
            return build(arg, space, value)
        except Unfit:
            pass
    raise Unfit(f"{value!r} fits none of {hint}")


def _items(kind, args, space, value):
    if not isinstance(value, list):
        raise Unfit("not a list")
    if args:
        whole = args[:-1] * len(value) if args[-1] is Ellipsis else args if kind == "tuple" else args * len(value)
        value = [build(hint, space, one) for hint, one in zip(whole, value)]
    return {"list": list, "set": set, "tuple": tuple}[kind](value)
