"""docs/transcript.md is what a session is like today."""

from tests.docs.pages import page
from tools import transcript


async def test_the_transcript_is_of_today(empty_database_url: str) -> None:
    """Slow by nature: the log gathers for ten seconds."""
    assert await transcript.play(empty_database_url) == page("docs/transcript.md"), "run `make transcript`, and look at what changed"
