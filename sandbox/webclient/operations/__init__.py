"""What a window may ask for, by the names in the protocol of `sandbox.webclient`."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from sandbox.webclient.operations import acting, commands, guilds, people, trouble
from sandbox.webclient.request import Request

if TYPE_CHECKING:
    from sandbox.webclient.window import Window

Operation = Callable[["Window", Request], Awaitable[dict[str, Any] | None]]

ALL: dict[str, Operation] = {
    **acting.OPERATIONS,
    **commands.OPERATIONS,
    **trouble.OPERATIONS,
    **people.OPERATIONS,
    **guilds.OPERATIONS,
}
