"""Who follows CONTRIBUTING.md to the letter has a cog that works."""

from pathlib import Path

import pytest

import cogs
from core.reload import Cogs
from tests.docs.pages import blocks, page
from tests.e2e.house import House


@pytest.fixture
def greeter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The recipe's files, in a folder that counts as cogs/ as well."""
    for block in blocks(page("CONTRIBUTING.md"), "python"):
        file = tmp_path / block.splitlines()[0].removeprefix("# cogs/")
        file.parent.mkdir(exist_ok=True)
        file.write_text(block, "utf-8")
    monkeypatch.setattr(cogs, "__path__", [*cogs.__path__, str(tmp_path)])
    there = Cogs.names
    monkeypatch.setattr(Cogs, "names", lambda self: sorted([*there(self), "greeter"]))


async def wave(house: House) -> None:
    answer = await (await house.actor("alice").in_("general").slash("greet wave")).message()
    assert answer.text == "You wave."
    assert (await (await answer.click("Wave back")).message()).text == "Alice waves back."


@pytest.mark.usefixtures("greeter")
async def test_the_cog_is_there_after_a_start(house: House) -> None:
    await wave(house)


async def test_the_cog_is_there_after_load_and_sync(
    empty_house: House, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("OWNER_IDS", str(empty_house.actor("olivia").user.id))
    monkeypatch.setenv("OWNER_GUILD_ID", str(empty_house.sandbox.guild.id))
    await empty_house.start()
    request.getfixturevalue("greeter")
    olivia = empty_house.actor("olivia").in_("general")
    assert "Loaded `greeter`" in (await (await olivia.slash("cog load", name="greeter")).message()).text
    await (await olivia.slash("cog sync")).message()
    await wave(empty_house)
    assert "Reloaded `greeter`" in (await (await olivia.slash("cog reload", name="greeter")).message()).text
    await wave(empty_house)
