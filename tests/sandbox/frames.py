"""The check of every gateway frame against Discord's schemas."""

from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.gateway import Frame
from sandbox.server import Sandbox
from tests import schemas


@contextmanager
def checked_frames(sandbox: Sandbox) -> Iterator[None]:
    """Fails at the end when a frame that the sandbox sent is not as Discord describes it."""
    wrong: list[str] = []

    def check(frame: Frame) -> None:
        # RESUMED has no data in the schema; Discord sends its `_trace` there, and libraries read it.
        if frame.direction == "out" and frame.payload["t"] != "RESUMED" and schemas.directory():
            wrong.extend(f"{frame.payload['t']}: {problem}" for problem in schemas.frame_errors(frame.payload))

    sandbox.gateway.frame_listeners.append(check)
    yield
    assert not wrong, "\n".join(wrong)
