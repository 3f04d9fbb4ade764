"""The official PyPI SDK against the gateway: argv = base URL, key, models that chat."""

import json
import sys

import openai
from pydantic import BaseModel

base_url, api_key, *models = sys.argv[1:]
client = openai.OpenAI(base_url=base_url, api_key=api_key, max_retries=0)
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "Tells the weather",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        },
    }
]


class Person(BaseModel):
    name: str
    age: int


def user(text):
    return [{"role": "user", "content": text}]


def chat(model):
    answer = client.chat.completions.create(model=model, messages=user("hello"))
    assert answer.choices[0].message.content == "Hi there, this is a longer greeting!"
    assert answer.usage.total_tokens > 0


def stream(model):
    text, usage = "", None
    for chunk in client.chat.completions.create(
        model=model, messages=user("hello"), stream=True, stream_options={"include_usage": True}
    ):
        text += (chunk.choices[0].delta.content or "") if chunk.choices else ""
        usage = chunk.usage or usage
    assert text == "Hi there, this is a longer greeting!"
    assert usage.total_tokens > 0


def tool_round_trip(model):
    first = client.chat.completions.create(model=model, messages=user("weather in Oslo?"), tools=TOOLS)
    call = first.choices[0].message.tool_calls[0]
    assert json.loads(call.function.arguments) == {"city": "Oslo"}
    second = client.chat.completions.create(
        model=model,
        tools=TOOLS,
        messages=user("weather in Oslo?")
        + [first.choices[0].message, {"role": "tool", "tool_call_id": call.id, "content": '{"celsius":7}'}],
    )
    assert second.choices[0].message.content == "It is 7 degrees in Oslo."


def structured_output(model):
    answer = client.chat.completions.parse(model=model, messages=user("structured please"), response_format=Person)
    assert answer.choices[0].message.parsed == Person(name="Ada", age=36)


def embeddings(_):
    assert client.embeddings.create(model="vectors", input="hello").data[0].embedding == [0.5, -0.25, 0.125]


def agent(_):
    """Thoughts and the answer apart, streamed and whole; a failed run isn't run again."""
    with client.chat.completions.with_streaming_response.create(
        model="agent", messages=user("hello"), stream=True, stream_options={"include_usage": True}
    ) as response:
        assert response.headers["x-magic-session"]
        thoughts, text, usage = "", "", None
        for chunk in response.parse():
            for choice in chunk.choices:
                thoughts += getattr(choice.delta, "reasoning_content", None) or ""
                text += choice.delta.content or ""
            usage = chunk.usage or usage
    assert thoughts == "I think of hello." and text.endswith("answer to hello"), (thoughts, text)
    assert usage.total_tokens > 0
    whole = client.chat.completions.create(model="agent", messages=user("hello"))
    assert whole.choices[0].message.content == text
    assert whole.choices[0].message.reasoning_content == thoughts
    raises(
        openai.InternalServerError,
        lambda: client.with_options(max_retries=2).chat.completions.create(model="agent", messages=user("fail")),
    )
    raises(openai.BadRequestError, lambda: client.chat.completions.create(model="agent", messages=user("x"), tools=TOOLS))


def errors(model):
    raises(openai.AuthenticationError, lambda: openai.OpenAI(base_url=base_url, api_key="x", max_retries=0).models.list())
    raises(openai.NotFoundError, lambda: client.chat.completions.create(model="nothing", messages=user("hello")))
    raises(openai.BadRequestError, lambda: client.chat.completions.create(model=model, messages="hello"))
    raises(openai.RateLimitError, lambda: client.chat.completions.create(model="limited", messages=user("hello")))
    raises(openai.APIError, lambda: list(client.chat.completions.create(model="broken", messages=user("hello"), stream=True)))


def virtual_keys(model):
    """Each refusal is an exception of its own, and a spent budget isn't asked of again."""
    sent = []

    def of(name, **options):
        counting = openai.DefaultHttpxClient(event_hooks={"request": [sent.append]})
        return openai.OpenAI(base_url=base_url, api_key=f"virtual-key-that-{name}", http_client=counting, **options)

    def ask(of_key, alias):
        return lambda: of_key.chat.completions.create(model=alias, messages=user("hello"))

    narrow = of("is-narrow")
    assert [one.id for one in narrow.models.list()] == ["gpt"]
    raises(openai.PermissionDeniedError, ask(narrow, "gemini"))
    raises(openai.AuthenticationError, ask(of("has-ended"), model))
    slow = of("is-slow", max_retries=0)
    try:
        ask(slow, model)()
    except openai.RateLimitError:
        pass  # somebody else has used it within the minute
    raises(openai.RateLimitError, ask(slow, model))
    sent.clear()
    try:
        ask(of("is-spent"), model)()
        raise AssertionError("the budget was not spent")
    except openai.RateLimitError as error:
        assert error.code == "insufficient_quota", error.code
    assert len(sent) == 1, len(sent)


def raises(kind, call):
    try:
        call()
    except kind:
        return
    raise AssertionError(f"no {kind.__name__}")


passed = 0
for name in models:
    for case in (chat, stream, tool_round_trip, structured_output):
        case(name)
        passed += 1
        print("ok", name, case.__name__)
for case in (embeddings, agent, errors, virtual_keys):
    case(models[0])
    passed += 1
    print("ok", case.__name__)
print(f"{passed} passed, 0 failed")
