"""Types of `tool` for Python tools, where it is a builtin. In a tool:

    from typing import TYPE_CHECKING
    if TYPE_CHECKING:
        from magic_proxy import tool

In an async function calls are awaited, in a plain one they give their value.
"""

from typing import Any, Awaitable, Literal, Mapping, TypedDict

class Fetched(Awaitable["Fetched"]):
    status: int
    ok: bool
    """Whether the status is one of success."""
    url: str
    """That answered, after redirects."""
    headers: Mapping[str, str]
    """By lower-case name."""
    text: str
    def json(self) -> Any:
        """The text, read as JSON."""

class Text(str, Awaitable[str]): ...

class Files:
    def read(self, path: str) -> Text:
        """A granted file's text; paths begin at the configuration's folder."""

class Tool:
    """What a tool has beyond its language, while it is called."""

    env: Mapping[str, str]
    """What `env/<tool>.env` holds: this tool's own secrets. Read-only."""
    call_id: str
    """The same each time that the same call is made: its idempotency key."""
    files: Files
    def fetch(
        self,
        url: str,
        options: Mapping[str, Any] | None = None,
        *,
        method: str = ...,
        headers: Mapping[str, str] = ...,
        body: Any = ...,
        timeout_ms: float = 30_000,
        max_bytes: int = 1_048_576,
    ) -> Fetched:
        """Calls a granted host. GET, or POST if there is a body; a body that is no text goes as JSON."""
    def agent(self, alias: str, query: str, options: Mapping[str, Any] | None = None, **more: Any) -> Text:
        """Asks an agent, or any alias, if that is granted; gives its answer."""
    def progress(self, done: float, total: float = 0, message: str = "") -> None:
        """Tells the caller how far the call is."""
    def log(self, text: object) -> None:
        """Writes into the gateway's log."""

class Powers(TypedDict, total=False):
    """What MANIFEST asks for; `sandbox_settings.grants` in proxy_config.yaml gives it."""

    network: list[str]
    files: list[str]
    agents: bool

class ToolManifest(Powers, total=False):
    """What a tool may export as MANIFEST."""

    title: str
    """For people; the standard is the tool's name."""
    description: str
    """For models, in place of the docstring."""
    effect: Literal["none", "idempotent", "once"]
    """What a second call with the same call_id would do: nothing, nothing more, or perhaps harm (the standard)."""
    timeout: float | str
    """Seconds, or such as "500ms", "2m"; 60."""
    concurrency: int
    """Calls at once; 16."""

tool: Tool
