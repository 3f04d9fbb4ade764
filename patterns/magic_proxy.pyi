"""Types of `ctx` for Python patterns.

A plain run(ctx) has Ctx, whose calls give values; an async one has AsyncCtx, whose calls are awaited. In a pattern:

    from typing import TYPE_CHECKING
    if TYPE_CHECKING:
        from magic_proxy import AsyncCtx

    async def run(ctx: "AsyncCtx") -> str: ...
"""

from typing import Any, Awaitable, Callable, Iterable, Literal, Mapping, Sequence, TypedDict, TypeVar

Json = Any
Message = Mapping[str, Any]
CallSpec = Mapping[str, Any]
_T = TypeVar("_T")
_R = TypeVar("_R")

class Vote(TypedDict):
    winner: Any
    count: int
    of: int

class Used(TypedDict):
    tokens: int
    cost: float
    calls: int

class Budget(TypedDict):
    steps: int
    tokens: int
    seconds: float
    used: Used

class Dict(dict[str, Any]):
    """A dictionary whose items are attributes too."""

    def __getattr__(self, name: str) -> Any: ...

class State:
    def get(self, key: str) -> Any: ...
    def set(self, key: str, value: Json) -> Any: ...
    def add(self, key: str, value: float) -> float: ...
    def append(self, key: str, value: Json) -> list[Any]: ...
    def all(self) -> dict[str, Any]: ...

class AsyncState:
    def get(self, key: str) -> Awaitable[Any]: ...
    def set(self, key: str, value: Json) -> Awaitable[Any]: ...
    def add(self, key: str, value: float) -> Awaitable[float]: ...
    def append(self, key: str, value: Json) -> Awaitable[list[Any]]: ...
    def all(self) -> Awaitable[dict[str, Any]]: ...

class _Common:
    query: str
    history: list[Dict]
    attachments: list[Any]
    params: Dict
    session: Dict
    """`id` and `alias`."""
    tools: list[Dict]
    """Each with `name`, `description`, `parameters`."""
    instructions: Dict
    """`client` and `server`."""
    def thought(self, text: object) -> None: ...
    def step(self, title: object) -> None: ...
    def emit(self, name: str, data: Json = None) -> None: ...
    def answer(self, text: object) -> None: ...
    def now(self) -> int:
        """Milliseconds since 1970, the same on a replay."""
    def random(self) -> float: ...
    @staticmethod
    def vote(items: Sequence[Any]) -> Vote:
        """The value that stands most often; of equals the first."""
    @staticmethod
    def extract(tag: str, text: object) -> str | None:
        """What stands in the first such tag; an unclosed one reaches to the end."""
    @staticmethod
    def json(text: object) -> Any:
        """The first JSON object or array in the text; ValueError if there is none."""

class Ctx(_Common):
    """What a plain run(ctx) gets."""

    state: State
    @property
    def budget(self) -> Budget: ...
    def llm(
        self,
        prompt: str | Sequence[Message],
        options: Mapping[str, Any] | None = None,
        *,
        model: str = ...,
        schema: Mapping[str, Any] = ...,
        tools: Sequence[Mapping[str, Any]] = ...,
        stream: bool | Literal["answer"] = ...,
        title: str = ...,
        temperature: float = ...,
        **more: Any,
    ) -> Any:
        """The text; with `schema` an object that fits; with `tools` the whole message."""
    def tool(self, name: str, /, args: Mapping[str, Any] | None = None, **more: Any) -> Any: ...
    def agent(self, alias: str, query: str, options: Mapping[str, Any] | None = None, **more: Any) -> str: ...
    def react(self, options: Mapping[str, Any] | None = None, **more: Any) -> str: ...
    def sleep(self, ms: float) -> None: ...
    def parallel(self, calls: Iterable[CallSpec], concurrency: int | None = None) -> list[Any]: ...
    def map(self, items: Iterable[_T], fn: Callable[[_T], CallSpec], concurrency: int | None = None) -> list[Any]: ...
    def spec(self, spec: CallSpec) -> Any: ...

class AsyncCtx(_Common):
    """What an async run(ctx) gets."""

    state: AsyncState
    @property
    def budget(self) -> Awaitable[Budget]: ...
    def llm(
        self,
        prompt: str | Sequence[Message],
        options: Mapping[str, Any] | None = None,
        *,
        model: str = ...,
        schema: Mapping[str, Any] = ...,
        tools: Sequence[Mapping[str, Any]] = ...,
        stream: bool | Literal["answer"] = ...,
        title: str = ...,
        temperature: float = ...,
        **more: Any,
    ) -> Awaitable[Any]:
        """The text; with `schema` an object that fits; with `tools` the whole message."""
    def tool(self, name: str, /, args: Mapping[str, Any] | None = None, **more: Any) -> Awaitable[Any]: ...
    def agent(self, alias: str, query: str, options: Mapping[str, Any] | None = None, **more: Any) -> Awaitable[str]: ...
    def react(self, options: Mapping[str, Any] | None = None, **more: Any) -> Awaitable[str]: ...
    def sleep(self, ms: float) -> Awaitable[None]: ...
    def parallel(
        self, calls: Iterable[CallSpec | Callable[[AsyncCtx], Awaitable[Any]]], concurrency: int | None = None
    ) -> Awaitable[list[Any]]:
        """A function gets the branch's own ctx: its calls belong to the branch."""
    def map(
        self,
        items: Iterable[_T],
        fn: Callable[[_T], Awaitable[_R]] | Callable[[_T, AsyncCtx], Awaitable[_R]],
        concurrency: int | None = None,
    ) -> Awaitable[list[_R]]:
        """The function may take the branch's own ctx as its second argument: calls made with it belong to the branch."""
    def spec(self, spec: CallSpec) -> Awaitable[Any]: ...
