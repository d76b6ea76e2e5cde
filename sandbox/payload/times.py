"""Times as Discord writes them."""

from datetime import UTC, datetime


def iso(seconds: float) -> str:
    """A moment (Unix seconds) as 2026-01-31T12:00:00.000000+00:00."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")
