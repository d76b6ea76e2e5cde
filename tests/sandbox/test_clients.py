"""Bots of real libraries, unmodified, that know nothing of the sandbox but its address."""

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import discord
import hikari
import pytest
from hikari.impl import AutocompleteChoiceBuilder, ModalActionRowBuilder

from sandbox.driver import Actor
from sandbox.driver.views import MessageView
from sandbox.gateway.protocol import Intent
from sandbox.server import Sandbox
from sandbox.traffic import Exchange
from sandbox.world import Application
from tests import schemas
from tests.sandbox.frames import checked_frames


@pytest.fixture
def sandbox(sandbox: Sandbox) -> Iterator[Sandbox]:
    sandbox.gateway.identify_interval = 0
    with checked_frames(sandbox):
        yield sandbox


@pytest.fixture
def alice(sandbox: Sandbox) -> Actor:
    return sandbox.actor("alice")


def events(sandbox: Sandbox, name: str) -> int:
    """How often an event was sent."""
    return sum(frame.payload["t"] == name for frame in sandbox.gateway.frames if frame.direction == "out")


def asked(sandbox: Sandbox, op: int) -> int:
    """How often a client sent an opcode."""
    return sum(frame.payload["op"] == op for frame in sandbox.gateway.frames if frame.direction == "in")


IDENTIFY, RESUME = 2, 6


class Form(discord.ui.Modal):
    def __init__(self) -> None:
        super().__init__(discord.ui.InputText(label="Name", custom_id="name"), title="A form", custom_id="form")

    async def callback(self, interaction: discord.Interaction) -> None:
        field: Any = self.children[0]
        await interaction.response.send_message(f"Hello {field.value}", ephemeral=True)


class Controls(discord.ui.View):
    @discord.ui.button(label="Form", custom_id="form")
    async def form(self, _: Any, interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Form())

    @discord.ui.button(label="Edit", custom_id="edit")
    async def edit(self, _: Any, interaction: discord.Interaction) -> None:
        await interaction.response.edit_message(content="edited")

    @discord.ui.button(label="Later", custom_id="later")
    async def later(self, _: Any, interaction: discord.Interaction) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="later")

    @discord.ui.role_select(custom_id="roles", placeholder="Roles", max_values=3)
    async def roles(self, select: Any, interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        assert isinstance(interaction.user, discord.Member)
        await interaction.user.add_roles(*select.values, reason="picked")
        await interaction.followup.send("got " + ", ".join(role.name for role in select.values), ephemeral=True)


def pycord_bot() -> discord.Bot:
    bot = discord.Bot(intents=discord.Intents(guilds=True), cache_default_sounds=False, auto_sync_commands=False, guild_ready_timeout=0.1)

    async def fruits(context: discord.AutocompleteContext) -> list[str]:
        return [fruit for fruit in ("apple", "banana") if context.value in fruit]

    @bot.slash_command(description="Shows the controls")
    @discord.option("fruit", str, autocomplete=fruits)
    async def show(context: discord.ApplicationContext, fruit: str) -> None:
        await context.respond(fruit, view=Controls())

    @bot.message_command(name="Quote")
    async def quote(context: discord.ApplicationContext, message: discord.Message) -> None:
        await context.defer(ephemeral=True)
        await context.respond(f"> {message.content}")

    return bot


@asynccontextmanager
async def pycord(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, application: Application) -> AsyncIterator[discord.Bot]:
    """A running py-cord bot whose commands are registered."""
    monkeypatch.setattr(discord.http.Route, "API_BASE_URL", f"{sandbox.api_url}/v{{API_VERSION}}")
    bot = pycord_bot()
    running = asyncio.create_task(bot.start(application.token))
    await asyncio.wait_for(bot.wait_until_ready(), 30)
    await bot.sync_commands()
    try:
        yield bot
    finally:
        # Bot.close() would close HTTP under the gateway's feet
        bot._closed = True
        await bot.ws.close(1000)
        await bot.http.close()
        with contextlib.suppress(RuntimeError, asyncio.CancelledError):
            await running


class TestPycord:
    @pytest.fixture
    async def bot(self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, application: Application) -> AsyncIterator[discord.Bot]:
        async with pycord(sandbox, monkeypatch, application) as bot:
            yield bot
        await sandbox.until(lambda: not sandbox.gateway.connections)
        assert sandbox.ledger.problems(ended=True) == []
        assert not sandbox.gateway.sessions, "a bot that closed with 1000 left its session"

    async def test_the_tour(self, bot: discord.Bot, sandbox: Sandbox, alice: Actor) -> None:
        assert [command.data["name"] for command in alice.commands()] == ["show", "Quote"]
        assert await alice.autocomplete("show", fruit="ban") == [{"name": "banana", "value": "banana"}]
        message = await (await alice.slash("show", fruit="apple")).message()
        assert message.text == "apple"
        assert (await (await message.click("Edit")).message()).text == "edited"
        assert (await (await message.click("Later")).message()).text == "later"
        form = await (await message.click("Form")).modal()
        greeting = await (await form.submit({"name": "Alice"})).message()
        assert (greeting.text, greeting.ephemeral) == ("Hello Alice", True)
        picked = await (await message.select("Roles", [sandbox.role("Red"), sandbox.role("Blue")])).message()
        assert (picked.text, picked.ephemeral) == ("got Red, Blue", True)
        assert alice.role_names() == ["Blue", "Red"]
        assert [(change.kind, change.reason) for change in sandbox.ledger.role_changes] == [("add", "picked")] * 2
        said = await alice.say("to be or not to be")
        assert (await (await alice.message_command("Quote", said)).message()).text == "> to be or not to be"

    async def test_after_a_lost_connection_it_resumes_and_answers_the_click_in_between(
        self, bot: discord.Bot, sandbox: Sandbox, alice: Actor
    ) -> None:
        message = await (await alice.slash("show", fruit="apple")).message()
        sandbox.gateway.drop_connections(4000)
        await sandbox.until(lambda: not sandbox.gateway.connections)
        click = await message.click("Edit")
        assert (await click.message()).text == "edited"
        assert (events(sandbox, "RESUMED"), asked(sandbox, IDENTIFY)) == (1, 1)

    async def test_asked_to_reconnect(self, bot: discord.Bot, sandbox: Sandbox, alice: Actor) -> None:
        sandbox.gateway.request_reconnect()
        await sandbox.until(lambda: events(sandbox, "RESUMED"))
        assert (await (await alice.slash("show", fruit="pear")).message()).text == "pear"

    async def test_an_invalid_session_makes_it_identify_again(self, bot: discord.Bot, sandbox: Sandbox, alice: Actor) -> None:
        sandbox.gateway.invalidate_sessions(resumable=False)
        await sandbox.until(lambda: events(sandbox, "READY") == 2, timeout=30)
        assert (await (await alice.slash("show", fruit="pear")).message()).text == "pear"


async def test_pycord_is_told_of_a_missing_intent(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, application: Application) -> None:
    monkeypatch.setattr(discord.http.Route, "API_BASE_URL", f"{sandbox.api_url}/v{{API_VERSION}}")
    bot = discord.Bot(intents=discord.Intents(guilds=True, members=True), cache_default_sounds=False)
    with pytest.raises(discord.PrivilegedIntentsRequired):
        await bot.start(application.token)
    await bot.close()


class HikariBot:
    """A hikari bot with one of everything."""

    def __init__(self, sandbox: Sandbox, application: Application, intents: hikari.Intents = hikari.Intents.GUILDS) -> None:
        self.application = application
        url = f"{sandbox.api_url}/v10"
        self.gateway = hikari.GatewayBot(
            application.token, rest_url=url, intents=intents, banner=None, logs=None, suppress_optimization_warning=True
        )
        self.rest = self.gateway.rest
        self.failures: list[Exception] = []
        self.gateway.subscribe(hikari.InteractionCreateEvent, self._on_interaction)
        self.gateway.subscribe(hikari.ExceptionEvent, self._on_failure)

    async def start(self, **shards: Any) -> None:
        """Register the commands and connect."""
        await self.gateway.start(check_for_updates=False, **shards)
        role = hikari.CommandOption(type=hikari.OptionType.ROLE, name="role", description="r", is_required=True)
        word = hikari.CommandOption(type=hikari.OptionType.STRING, name="word", description="w", autocomplete=True)
        await self.rest.set_application_commands(
            self.application.id,
            [
                self.rest.slash_command_builder("show", "d").add_option(role),
                self.rest.slash_command_builder("find", "d").add_option(word),
                self.rest.slash_command_builder("slow", "d"),
                self.rest.context_menu_command_builder(hikari.CommandType.MESSAGE, "Quote"),
            ],
        )

    async def _on_failure(self, event: hikari.ExceptionEvent[Any]) -> None:
        self.failures.append(event.exception)

    async def _on_interaction(self, event: hikari.InteractionCreateEvent) -> None:
        match event.interaction:
            case hikari.CommandInteraction() as command:
                await self._command(command)
            case hikari.AutocompleteInteraction() as typing:
                await typing.create_response([AutocompleteChoiceBuilder("Found", "f")])
            case hikari.ComponentInteraction(custom_id="form") as click:
                form = ModalActionRowBuilder().add_text_input("name", "Name")
                await click.create_modal_response("A form", "form", components=[form])
            case hikari.ComponentInteraction() as pick:
                assert pick.resolved
                names = ", ".join(found.name for found in pick.resolved.roles.values())
                await pick.create_initial_response(hikari.ResponseType.MESSAGE_UPDATE, names)
            case hikari.ModalInteraction() as form:
                name = form.components[0].components[0].value
                await form.create_initial_response(hikari.ResponseType.MESSAGE_CREATE, f"Hello {name}", flags=hikari.MessageFlag.EPHEMERAL)

    async def _command(self, command: hikari.CommandInteraction) -> None:
        if command.command_name == "slow":
            await command.create_initial_response(hikari.ResponseType.DEFERRED_MESSAGE_CREATE, flags=hikari.MessageFlag.EPHEMERAL)
            await command.edit_initial_response("done")
            await command.execute("and more", flags=hikari.MessageFlag.EPHEMERAL)
        elif command.command_name == "Quote":
            assert command.resolved
            [message] = command.resolved.messages.values()
            await command.create_initial_response(hikari.ResponseType.MESSAGE_CREATE, f"> {message.content}")
        else:
            assert command.resolved
            [role] = command.resolved.roles.values()
            buttons = self.rest.build_message_action_row().add_interactive_button(hikari.ButtonStyle.PRIMARY, "form", label="Form")
            select = self.rest.build_message_action_row()
            select.add_select_menu(hikari.ComponentType.ROLE_SELECT_MENU, "roles", placeholder="Roles", max_values=2)
            await command.create_initial_response(hikari.ResponseType.MESSAGE_CREATE, role.name, components=[buttons, select])
            assert (await command.fetch_initial_response()).content == role.name


class TestHikari:
    @pytest.fixture
    async def bot(self, sandbox: Sandbox, application: Application) -> AsyncIterator[HikariBot]:
        bot = HikariBot(sandbox, application)
        await bot.start()
        yield bot
        await bot.gateway.close()
        assert bot.failures == []
        await sandbox.until(lambda: not sandbox.gateway.connections)
        assert sandbox.ledger.problems(ended=True) == []

    async def test_the_tour(self, bot: HikariBot, sandbox: Sandbox, alice: Actor) -> None:
        assert await alice.autocomplete("find", word="fo") == [{"name": "Found", "value": "f"}]
        message = await (await alice.slash("show", role=sandbox.role("Red"))).message()
        assert message.text == "Red"
        form = await (await message.click("Form")).modal()
        assert (await (await form.submit({"Name": "Alice"})).message()).text == "Hello Alice"
        assert (await (await message.select("Roles", [sandbox.role("Blue")])).message()).text == "Blue"
        assert (await (await alice.message_command("Quote", message)).message()).text == "> Blue"
        slow = await alice.slash("slow")
        assert (await slow.message()).text == "done"
        followup: list[MessageView] = await sandbox.until(lambda: slow.followups)
        assert [(m.text, m.ephemeral) for m in followup] == [("and more", True)]

    async def test_it_reads_the_whole_guild(self, bot: HikariBot, sandbox: Sandbox) -> None:
        guild = await bot.rest.fetch_guild(sandbox.guild.id)
        assert len(guild.get_roles()) == len(await bot.rest.fetch_roles(guild)) == len(sandbox.guild.roles)
        assert len(await bot.rest.fetch_guild_channels(guild)) == len(sandbox.guild.channels)
        cached = bot.gateway.cache.get_guild(sandbox.guild.id)
        assert cached and cached.name == "Sandbox Square"

    async def test_after_a_lost_connection_it_resumes(self, bot: HikariBot, sandbox: Sandbox, alice: Actor) -> None:
        sandbox.gateway.drop_connections(4000)
        await sandbox.until(lambda: events(sandbox, "RESUMED"), timeout=30)
        assert (asked(sandbox, RESUME), asked(sandbox, IDENTIFY)) == (1, 1)
        assert (await (await alice.slash("slow")).message()).text == "done"


async def test_hikari_with_two_shards(sandbox: Sandbox, application: Application, alice: Actor) -> None:
    application.max_concurrency = 2
    bot = HikariBot(sandbox, application)
    await bot.start(shard_count=2)
    assert sorted(session.shard for session in sandbox.gateway.sessions.values()) == [(0, 2), (1, 2)]
    assert (await (await alice.slash("show", role=sandbox.role("Red"))).message()).text == "Red"
    await bot.gateway.close()
    assert bot.failures == []


async def test_hikari_is_told_of_a_wrong_token(sandbox: Sandbox, application: Application) -> None:
    bot = HikariBot(sandbox, dataclasses.replace(application, token=f"{application.token}-not"))
    with pytest.raises(hikari.UnauthorizedError):
        await bot.start()
    await bot.gateway.close()


async def test_hikari_is_told_of_a_missing_intent(sandbox: Sandbox, application: Application) -> None:
    bot = HikariBot(sandbox, application, hikari.Intents.GUILDS | hikari.Intents.GUILD_MEMBERS)
    with pytest.raises(hikari.GatewayServerClosedConnectionError) as closed:
        await bot.start()
    assert closed.value.code == 4014
    await bot.gateway.close()
    application.privileged_intents = int(Intent.GUILD_MEMBERS)
    bot = HikariBot(sandbox, application, hikari.Intents.GUILDS | hikari.Intents.GUILD_MEMBERS)
    await bot.start()
    await bot.gateway.close()


async def test_what_the_libraries_send_is_as_discord_describes_it(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, application: Application, alice: Actor
) -> None:
    schemas.required()
    wrong: list[str] = []

    def check(exchange: Exchange) -> None:
        wrong.extend(f"{exchange}: {problem}" for problem in schemas.request_errors(exchange.method, exchange.route, exchange.body))

    sandbox.traffic.listeners.append(check)
    async with pycord(sandbox, monkeypatch, application):
        message = await (await alice.slash("show", fruit="apple")).message()
        await (await message.select("Roles", [sandbox.role("Red")])).message()
    assert wrong == []
