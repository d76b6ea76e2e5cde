"""The table of REST routes and the call that a handler gets."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from sandbox.errors import UNAUTHORIZED, ApiError, field_error, invalid_form
from sandbox.world import Application, User, World

if TYPE_CHECKING:
    from sandbox.server import Sandbox

SNOWFLAKE_MAX = 2**63 - 1
MAX_REASON = 512


@dataclass
class Upload:
    """A file that came with a request; `field` is its form name ("files[0]")."""

    field: str
    filename: str
    content_type: str
    content: bytes


@dataclass
class Answer:
    """A handler's answer where plain JSON with 200 will not do. `body` None means an empty body."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Call:
    """One REST call on its way to a handler: who asks, for what, with which body and which reason for the audit log."""

    sandbox: "Sandbox"
    method: str
    path: str
    params: dict[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    caller: Application | None
    body: Any = None
    uploads: list[Upload] = field(default_factory=list)
    reason: str | None = None

    @property
    def world(self) -> World:
        """The state."""
        return self.sandbox.world

    @property
    def application(self) -> Application:
        """The application whose bot token came along; 401 without one."""
        if self.caller is None:
            raise UNAUTHORIZED
        return self.caller

    @property
    def bot(self) -> User:
        """The bot user of the application."""
        return self.world.user(self.application.bot_id)

    def id(self, name: str) -> int:
        """A snowflake from the path; 50035 when it is none."""
        return snowflake(self.params[name], name)

    def json(self) -> dict[str, Any]:
        """The body, which must be a JSON object; 50035 otherwise."""
        body = {} if self.body is None else self.body
        if not isinstance(body, dict):
            raise ApiError(400, 50035, "Invalid Form Body", field_error("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType"))
        return body

    def json_list(self) -> list[Any]:
        """The body, which must be a JSON array; 50035 otherwise."""
        if not isinstance(self.body, list):
            raise ApiError(400, 50035, "Invalid Form Body", field_error("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType"))
        return self.body

    def flag(self, name: str) -> bool:
        """A boolean of the query string."""
        return self.query.get(name, "false").lower() in ("true", "1")

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """A number of the query string; 50035 outside low … high."""
        raw = self.query.get(name)
        if raw is None:
            return default
        try:
            value = int(raw)
        except ValueError:
            raise invalid_form({name: field_error("NUMBER_TYPE_COERCE", f'Value "{raw}" is not int.')}) from None
        if value < low:
            raise invalid_form({name: field_error("NUMBER_TYPE_MIN", f"int value should be greater than or equal to {low}.")})
        if value > high:
            raise invalid_form({name: field_error("NUMBER_TYPE_MAX", f"int value should be less than or equal to {high}.")})
        return value

    def query_id(self, name: str) -> int | None:
        """A snowflake of the query string, when given."""
        raw = self.query.get(name)
        return None if raw is None else snowflake(raw, name)


def snowflake(raw: str, name: str) -> int:
    """An id from text; 50035 when it is none."""
    if not (raw.isascii() and raw.isdigit()) or int(raw) > SNOWFLAKE_MAX:
        raise invalid_form({name: field_error("NUMBER_TYPE_COERCE", f'Value "{raw}" is not snowflake.')})
    return int(raw)


def audit_reason(headers: Mapping[str, str]) -> str | None:
    """The decoded X-Audit-Log-Reason; 50035 when it has more than 512 characters."""
    reason = unquote(headers.get("X-Audit-Log-Reason", ""))
    if len(reason) > MAX_REASON:
        raise invalid_form({"reason": field_error("BASE_TYPE_MAX_LENGTH", f"Must be {MAX_REASON} or fewer in length.")})
    return reason or None


Handler = Callable[[Call], Awaitable[Any]]


@dataclass(frozen=True)
class Route:
    """A method and a path template with its handler.

    `auth` False: no bot token is asked for (the token of an interaction is in its path). `unlimited`: outside Discord's global limit.
    """

    method: str
    template: str
    handler: Handler
    auth: bool = True
    unlimited: bool = False
    segments: tuple[str, ...] = ()

    def match(self, segments: list[str]) -> dict[str, str] | None:
        """The path parameters when the path fits."""
        params: dict[str, str] = {}
        for want, have in zip(self.segments, segments, strict=True):
            if want.startswith("{"):
                params[want[1:-1]] = unquote(have)
            elif want != unquote(have):
                return None
        return params


class Router:
    """Every route; a literal segment ("@me") wins over a parameter."""

    def __init__(self) -> None:
        self.routes: list[Route] = []
        self._by_length: dict[int, list[Route]] = {}

    def add(self, method: str, template: str, handler: Handler, *, auth: bool = True, unlimited: bool = False) -> None:
        """Add a route such as `("GET", "/guilds/{guild_id}", handler)`."""
        segments = tuple(template.strip("/").split("/"))
        route = Route(method, template, handler, auth, unlimited, segments)
        self.routes.append(route)
        same_length = self._by_length.setdefault(len(segments), [])
        same_length.append(route)
        same_length.sort(key=lambda r: sum(s.startswith("{") for s in r.segments))

    def get(self, template: str, handler: Handler, *, auth: bool = True, unlimited: bool = False) -> None:
        """Add a GET route."""
        self.add("GET", template, handler, auth=auth, unlimited=unlimited)

    def post(self, template: str, handler: Handler, *, auth: bool = True, unlimited: bool = False) -> None:
        """Add a POST route."""
        self.add("POST", template, handler, auth=auth, unlimited=unlimited)

    def put(self, template: str, handler: Handler, *, auth: bool = True, unlimited: bool = False) -> None:
        """Add a PUT route."""
        self.add("PUT", template, handler, auth=auth, unlimited=unlimited)

    def patch(self, template: str, handler: Handler, *, auth: bool = True, unlimited: bool = False) -> None:
        """Add a PATCH route."""
        self.add("PATCH", template, handler, auth=auth, unlimited=unlimited)

    def delete(self, template: str, handler: Handler, *, auth: bool = True, unlimited: bool = False) -> None:
        """Add a DELETE route."""
        self.add("DELETE", template, handler, auth=auth, unlimited=unlimited)

    def resolve(self, method: str, raw_path: str) -> tuple[Route, dict[str, str]]:
        """The route and its parameters; Discord's bare 404 or 405 otherwise. `raw_path` is still percent-encoded."""
        segments = raw_path.strip("/").split("/")
        known_path = False
        for route in self._by_length.get(len(segments), []):
            params = route.match(segments)
            if params is None:
                continue
            if route.method == method:
                return route, params
            known_path = True
        raise ApiError(405, 0, "405: Method Not Allowed") if known_path else ApiError(404, 0, "404: Not Found")
