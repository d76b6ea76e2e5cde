"""The owner's direct messages: cogs, load, unload, reload, sync; and what strangers get."""

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import discord
import pytest
from discord.ext import commands

import cogs
import core.reload
from core.bot import RolePanelBot
from core.markup import escape
from core.settings import Settings
from core.shards import ShardSlots
from tests.owner.dpytest_shim import backend, dpytest

OWNER_ID, STRANGER_ID = 4001, 4002
SAMPLE = """
from discord.ext import commands
class Sample(commands.Cog, name="sample"):
    text = {text!r}
{commands}
def setup(bot):
    {setup}
    bot.add_cog(Sample())
"""
A_COMMAND = """
    @commands.slash_command(name="sample", description="A sample")
    async def sample(self, ctx): ...
"""
Say = Callable[..., Awaitable[list[str]]]


class Samples:
    """A folder of cogs that tests write to: the real owner cog and `sample`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, text: str = "first", setup: str = "pass", commands: str = "") -> None:
        """Let cogs/sample hold this."""
        self.write_raw(SAMPLE.format(text=text, setup=setup, commands=commands))

    def write_raw(self, source: str, name: str = "sample") -> None:
        """Let cogs/sample, or another, hold just this."""
        (self._folder / name).mkdir(exist_ok=True)
        (self._folder / name / "__init__.py").write_text(source)


@pytest.fixture
def samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Samples:
    folder = tmp_path / "cogs"
    for name in ("owner", "sample"):
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").touch()
    monkeypatch.setattr(core.reload, "ROOT", tmp_path)
    monkeypatch.setattr(cogs, "__path__", [*cogs.__path__, str(folder)])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    made = Samples(folder)
    made.write()
    return made


@pytest.fixture
async def bot(samples: Samples, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RolePanelBot]:
    monkeypatch.setenv("DISCORD_TOKEN", "a.token")
    monkeypatch.setenv("OWNER_IDS", str(OWNER_ID))
    made = RolePanelBot(Settings(), cast(Any, None), ShardSlots("", 1, [0]))  # pyright: ignore[reportCallIssue]
    dpytest.configure(made, guilds=0, text_channels=0, voice_channels=0, members=0)
    made.load_extension("cogs.owner")
    yield made
    for name in made.cog_manager.loaded():
        made.unload_extension(f"cogs.{name}")
    await made.ended()
    await dpytest.empty_queue()


@pytest.fixture
def say(bot: RolePanelBot) -> Say:
    async def say(text: str, user_id: int = OWNER_ID) -> list[str]:
        user = backend.make_user(f"user{user_id}", "0001", id_num=user_id)
        # dpytest raises what the bot's own error handler has answered already.
        with suppress(commands.CommandError):
            await dpytest.message(text, await user.create_dm(), cast(Any, user))
        replies: list[discord.Message] = []
        while not dpytest.sent_queue.empty():
            replies.append(dpytest.get_message())
        return [reply.content for reply in replies]

    return say


def loaded(bot: RolePanelBot) -> set[str]:
    return bot.cog_manager.loaded()


def sample_text(bot: RolePanelBot) -> str:
    return cast(Any, bot.get_cog("sample")).text


async def test_cogs_are_those_that_exist(say: Say) -> None:
    assert await say("cogs") == ["🟢 `owner` is loaded\n⚪ `sample` is not loaded"]


async def test_load_and_unload(say: Say, bot: RolePanelBot) -> None:
    assert (await say("load sample"))[0].startswith("Loaded `sample`.")
    assert loaded(bot) == {"owner", "sample"}
    assert (await say("load sample")) == ["The cog sample is loaded already."]
    assert (await say("unload sample"))[0].startswith("Unloaded `sample`.")
    assert loaded(bot) == {"owner"}
    assert (await say("unload sample")) == ["The cog sample is not loaded."]


async def test_reload_takes_up_what_the_file_holds_now(say: Say, bot: RolePanelBot, samples: Samples) -> None:
    await say("load sample")
    samples.write(text="second")
    assert await say("reload sample") == ["Reloaded `sample`."]
    assert sample_text(bot) == "second"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("def setup(bot):\n  this is no Python", "SyntaxError"),
        ("import no_such_module_anywhere", "ModuleNotFoundError"),
        (SAMPLE.format(text="new", commands="", setup="raise ValueError('no luck')"), "ValueError: no luck"),
        ("text = 'no setup here'", "NoEntryPointError"),
        ("import sys; sys.exit(3)", "asked the process to exit (3)"),
        (SAMPLE.format(text="new", commands="", setup="bot.add_cog(Sample()); raise SystemExit"), "asked the process to exit"),
        ("def setup(bot):\n  pass", "added no cog"),
    ],
)
async def test_a_failing_reload_says_why_and_leaves_the_old_one(
    source: str, reason: str, say: Say, bot: RolePanelBot, samples: Samples
) -> None:
    await say("load sample")
    samples.write_raw(source)
    (reply,) = await say("reload sample")
    assert "stays as it was" in reply
    assert reason in reply
    assert sample_text(bot) == "first"
    samples.write(text="mended")
    assert await say("reload sample") == ["Reloaded `sample`."]
    assert sample_text(bot) == "mended"


async def test_a_cog_whose_name_begins_another_is_not_taken_for_it(say: Say, samples: Samples) -> None:
    await say("load sample")
    samples.write_raw("def setup(bot):\n  pass", "sam")
    (reply,) = await say("load sam")
    assert "added no cog" in reply


async def test_a_failing_load_leaves_nothing_behind(say: Say, bot: RolePanelBot, samples: Samples) -> None:
    samples.write_raw(SAMPLE.format(text="new", commands="", setup="bot.add_cog(Sample()); raise ValueError('late')"))
    (reply,) = await say("load sample")
    assert "late" in reply
    assert loaded(bot) == {"owner"}
    assert bot.get_cog("sample") is None


async def test_a_reload_tells_when_commands_changed(say: Say, samples: Samples) -> None:
    await say("load sample")
    samples.write(commands=A_COMMAND)
    (reply,) = await say("reload sample")
    assert "`sync`" in reply
    assert await say("reload sample") == ["Reloaded `sample`."]


@pytest.mark.parametrize("changed", ["domain/rules.py", "locales/ja/LC_MESSAGES/rolepanel.po", "migrations/models/1_x.py"])
async def test_a_reload_tells_what_needs_a_restart(changed: str, say: Say, bot: RolePanelBot, tmp_path: Path) -> None:
    (tmp_path / changed).parent.mkdir(parents=True)
    (tmp_path / changed).write_text("changed = True")
    await say("load sample")
    (reply,) = await say("reload sample")
    assert changed in reply
    assert "restart" in reply


async def test_the_owner_cog_reloads_itself_and_goes_on(say: Say, bot: RolePanelBot) -> None:
    before = bot.get_cog("owner")
    assert await say("reload owner") == ["Reloaded `owner`."]
    assert bot.get_cog("owner") is not before
    assert (await say("cogs"))[0].startswith("🟢 `owner`")


async def test_the_owner_cog_refuses_to_be_unloaded(say: Say, bot: RolePanelBot) -> None:
    (reply,) = await say("unload owner")
    assert "cannot be unloaded" in reply
    assert "owner" in loaded(bot)


@pytest.mark.parametrize("name", ["nothing", "json", "../core", "owner.cog", "*"])
async def test_only_names_of_cogs_are_taken(name: str, say: Say, bot: RolePanelBot) -> None:
    assert await say(f"load {name}") == [f"There is no cog named {escape(name)}. The cogs are: owner, sample."]
    assert loaded(bot) == {"owner"}


async def test_sync_says_how_many(say: Say, bot: RolePanelBot, monkeypatch: pytest.MonkeyPatch) -> None:
    async def sync() -> int:
        return 3

    monkeypatch.setattr(bot, "sync", sync)
    assert await say("sync") == ["3 commands are registered at Discord now."]


async def test_sync_says_why_not(say: Say, bot: RolePanelBot, monkeypatch: pytest.MonkeyPatch) -> None:
    async def sync() -> int:
        raise TimeoutError("no answer")

    monkeypatch.setattr(bot, "sync", sync)
    assert await say("sync") == ["Discord did not take the commands: no answer"]


@pytest.mark.parametrize("text", ["hello", "reload", 'load "sample', "help"])
async def test_what_is_not_understood_is_helped(text: str, say: Say) -> None:
    (reply,) = await say(text)
    assert "`reload <cog>`" in reply


@pytest.mark.parametrize("text", ["cogs", "load sample", "unload owner", "reload owner", "sync", "hello", "help"])
async def test_strangers_get_silence(text: str, say: Say, bot: RolePanelBot) -> None:
    before = bot.get_cog("owner")
    assert await say(text, STRANGER_ID) == []
    assert loaded(bot) == {"owner"}
    assert bot.get_cog("owner") is before
