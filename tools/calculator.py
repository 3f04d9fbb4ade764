"""A calculator: reads the expression itself, evaluates nothing else."""

import math
import re

SCHEMA = {
    "description": (
        "Calculates an arithmetic expression: + - * / % ^, parentheses, sqrt abs round floor ceil min max log ln exp"
        " sin cos tan, pi and e."
    ),
    "parameters": {
        "type": "object",
        "properties": {
            "expression": {"type": "string", "minLength": 1, "maxLength": 500, "description": "Such as (2 + 3) * 4^2."}
        },
        "required": ["expression"],
        "additionalProperties": False,
    },
}

_TOKEN = re.compile(r"\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)|([a-zA-Z]+)|(\*\*|[-+*/%^(),]))")
_CONSTANTS = {"pi": math.pi, "e": math.e}
_FUNCTIONS = {
    "sqrt": math.sqrt,
    "abs": abs,
    "round": round,
    "floor": math.floor,
    "ceil": math.ceil,
    "min": min,
    "max": max,
    "log": math.log10,
    "ln": math.log,
    "exp": math.exp,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
}
_MAX_POWER = 1000


class _Reader:
    def __init__(self, text):
        self.text = text
        self.tokens = []
        at = 0
        while text[at:].strip():
            found = _TOKEN.match(text, at)
            if not found:
                raise ValueError(f"at character {at + 1}: {text[at:].strip()[0]!r} is not part of an expression")
            self.tokens.append((found.group(0).strip(), found.start(found.lastindex) + 1))
            at = found.end()
        self.next = 0

    def peek(self):
        return self.tokens[self.next][0] if self.next < len(self.tokens) else ""

    def take(self, *wanted):
        if self.peek() in wanted:
            self.next += 1
            return self.tokens[self.next - 1][0]
        return ""

    def fail(self, what):
        where = self.tokens[self.next][1] if self.next < len(self.tokens) else len(self.text) + 1
        raise ValueError(f"at character {where}: {what}")

    def whole(self):
        value = self.sum()
        if self.peek():
            self.fail(f"{self.peek()!r} is not expected here")
        return value

    def sum(self):
        value = self.product()
        while operator := self.take("+", "-"):
            other = self.product()
            value = value + other if operator == "+" else value - other
        return value

    def product(self):
        value = self.unary()
        while operator := self.take("*", "/", "%"):
            other = self.unary()
            if operator != "*" and other == 0:
                self.fail("division by zero")
            value = value * other if operator == "*" else value / other if operator == "/" else value % other
        return value

    def unary(self):
        if self.take("-"):
            return -self.unary()
        self.take("+")
        return self.power()

    def power(self):
        base = self.atom()
        if self.take("^", "**"):
            exponent = self.unary()
            if abs(exponent) > _MAX_POWER:
                self.fail(f"the exponent is beyond {_MAX_POWER}")
            return base**exponent
        return base

    def atom(self):
        if self.take("("):
            value = self.sum()
            if not self.take(")"):
                self.fail("a closing parenthesis is missing")
            return value
        token = self.peek()
        if token and (token[0].isdigit() or token[0] == "."):
            self.next += 1
            return int(token) if token.isdigit() else float(token)
        name = token.lower()
        if name in _CONSTANTS:
            self.next += 1
            return _CONSTANTS[name]
        if name in _FUNCTIONS:
            self.next += 1
            return self.call(name)
        return self.fail("a number is missing" if not token else f"{token!r} is not known")

    def call(self, name):
        if not self.take("("):
            self.fail(f"{name} needs parentheses")
        arguments = [self.sum()]
        while self.take(","):
            arguments.append(self.sum())
        if not self.take(")"):
            self.fail("a closing parenthesis is missing")
        return _FUNCTIONS[name](*arguments)


def run(args):
    value = _Reader(args["expression"]).whole()
    if isinstance(value, complex) or value != value or value in (math.inf, -math.inf):
        raise ValueError("the result is not a real number")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return {"result": value if isinstance(value, float) or abs(value) < 2**53 else str(value)}
