"""The check of every gateway frame against Discord's schemas."""

from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.gateway import Frame
from sandbox.server import Sandbox
from tests import schemas


def problems_of(frame: Frame) -> list[str]:
    """What Discord's schemas say against a frame that the sandbox sent; nothing where they are not at hand."""
    # RESUMED has no data in the schema; Discord sends its `_trace` there, and libraries read it.
    if frame.direction != "out" or frame.payload["t"] == "RESUMED" or not schemas.directory():
        return []
    return [f"{frame.payload['t']}: {problem}" for problem in schemas.frame_errors(frame.payload)]


@contextmanager
def checked_frames(sandbox: Sandbox) -> Iterator[None]:
    """Fails at the end when a frame that the sandbox sent is not as Discord describes it."""
    wrong: list[str] = []

    sandbox.gateway.frame_listeners.append(lambda frame: wrong.extend(problems_of(frame)))
    yield
    assert not wrong, "\n".join(wrong)
