"""Writes docs/transcript.md: one session with the whole product, driven as people would drive it.

The same three parts as in `make demo` (embedded PostgreSQL, sandbox, bot.py as a process of its own); what people do goes through the
sandbox's driver. Run with `make transcript`. Each run writes the same: what differs between two (ids, moments) is named or left out.
"""

import asyncio
import json
import os
import re
import shutil
import socket
import sys
import tempfile
from pathlib import Path

import aiohttp
import asyncpg

from core.database import connect
from core.embedded import EmbeddedPostgres
from core.settings import ROOT
from sandbox.driver.views import MessageView
from sandbox.seed import TOKEN, seed
from sandbox.server import Sandbox

TARGET = ROOT / "docs" / "transcript.md"
ENTRIES = 6  # of the log, in this story
HEADING = """# One session, as text

Written by `make transcript`, which starts the parts of `make demo` and acts through the sandbox's driver. Every block is what that person
saw, or what the table held, at that moment; ids are shown as names, or as … with a number, and moments are left out.
"""


class Session:
    """The product at work, and the text about it."""

    def __init__(self, sandbox: Sandbox, database: asyncpg.Connection, health_port: int) -> None:
        self.sandbox, self.database = sandbox, database
        self.lines = [HEADING]
        self._health = f"http://127.0.0.1:{health_port}/health/ready"
        self._unnamed: dict[str, int] = {}

    def say(self, text: str) -> None:
        """A line of the story."""
        self.lines.append(text + "\n")

    def show(self, text: str) -> None:
        """What was seen, as a block."""
        self.lines.append(f"```\n{self._readable(text)}\n```\n")

    def screen(self, message: MessageView) -> None:
        """A message with its buttons and dropdowns."""
        controls = [f"[{button.label or button.emoji}]" for button in message.buttons]
        controls += [f"[{select.placeholder} ▾]" for select in message.selects]
        head = "Only you can see this\n" if message.ephemeral else ""
        self.show(f"{head}{message.text}\n\n{'  '.join(controls)}".strip())

    async def rows(self, query: str) -> None:
        """What the database answers."""
        self.say(f"Database: `{query}`")
        self.show("\n".join(str(dict(row)) for row in await self.database.fetch(query)))

    async def health(self) -> None:
        """The readiness probe."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(self._health) as response,
        ):
            self.say(f"`GET /health/ready` → {response.status}")
            self.show(json.dumps(await response.json(), indent=2))

    def _readable(self, text: str) -> str:
        text = re.sub(r"<(@&?|#)(\d+)>", lambda match: f"{match[1][0]}{self._name(match[2])}", text)
        text = re.sub(r"<t:\d+(:\w)?>", "<t:…>", text)
        return re.sub(r"\d{13,}", lambda match: self._name(match[0]), text)

    def _name(self, snowflake: str) -> str:
        guild, number = self.sandbox.guild, int(snowflake)
        if number == guild.id:
            return "server"
        if number in self.sandbox.world.users:
            return self.sandbox.world.users[number].username
        if found := guild.roles.get(number) or guild.channels.get(number):
            return found.name
        return f"…{self._unnamed.setdefault(snowflake, len(self._unnamed) + 1)}"


async def story(session: Session) -> None:
    """From an empty server to the audit entry, in English and in Japanese."""
    sandbox = session.sandbox
    session.say("## The owner chooses where changes are logged")
    session.say("olivia: `/config audit-channel channel:#audit-log`")
    olivia = sandbox.actor("olivia").in_("general")
    session.screen(await (await olivia.slash("config audit-channel", channel=sandbox.channel("audit-log"))).message())

    session.say("## She makes a panel")
    session.say("olivia: `/panel create`, and fills in the form:")
    modal = await (await olivia.slash("panel create")).modal()
    session.show(modal.text)
    picked = [sandbox.role(name) for name in ("Red", "Green", "Blue")]
    editor = await (await modal.submit({"Title": "Colours", "Description": "Take what you like.", "Roles": picked})).message()
    session.screen(editor)
    await session.rows("SELECT id, name, style, mode, version FROM panel")

    session.say("olivia: `/panel post panel:Colours channel:#roles`")
    session.screen(await (await olivia.slash("panel post", panel="Colours", channel=sandbox.channel("roles"))).message())
    posted = sandbox.actor("alice").in_("roles").sees()[-1]
    session.say("In #roles everyone sees:")
    session.screen(posted)

    session.say("## Members click")
    for who, label in (("alice", "Red"), ("alice", "Red"), ("haruto", "Blue")):
        member = sandbox.actor(who).in_("roles")
        session.say(f"{who} ({member.user.locale}) clicks [{label}]:")
        message = next(m for m in member.sees() if m.id == posted.id)
        session.screen(await (await message.click(label)).message())

    session.say("## The audit channel")
    log = sandbox.actor("olivia").in_("audit-log")
    await sandbox.until(lambda: sum(len(m.embeds) for m in log.sees()) >= ENTRIES, timeout=60, what="for the audit channel")
    text = "\n".join(message.text for message in log.sees())  # how many of them a message holds is a matter of seconds
    for entry in re.findall(r".*?^#\d+$", text, re.DOTALL | re.MULTILINE):
        session.show(entry.strip())
    # What is posted is settled.
    await session.rows("SELECT kind, actor_id, state, payload->'added' AS added, payload->'removed' AS taken FROM audit_entry ORDER BY id")

    session.say("## Health")
    await session.health()


def main() -> None:
    """Start the database, play the story, write it down, and take the database away again."""
    directory = Path(tempfile.mkdtemp(prefix="rolepanel-transcript-"))
    directory.chmod(0o755)
    server = EmbeddedPostgres(directory / "postgres")
    try:
        TARGET.write_text(asyncio.run(play(server.start())), encoding="utf-8")
    finally:
        server.stop()
        shutil.rmtree(directory)


async def play(url: str) -> str:
    """Start sandbox and bot on an empty database, play the story, and return what was seen."""
    async with Sandbox(seed()) as sandbox:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            health_port = listener.getsockname()[1]
        settings = {"DISCORD_TOKEN": TOKEN, "DISCORD_API_URL": sandbox.api_url, "DATABASE_URL": url, "HEALTH_PORT": str(health_port)}
        bot = await asyncio.create_subprocess_exec(sys.executable, ROOT / "bot.py", env={**os.environ, **settings, "LOG_LEVEL": "WARNING"})
        try:
            app = next(iter(sandbox.world.applications.values()))
            await sandbox.until(lambda: app.commands and sandbox.gateway.online(app.id), timeout=60, what="for the bot")
            database = await connect(url)
            session = Session(sandbox, database, health_port)
            try:
                await story(session)
            finally:
                await database.close()
            return "\n".join(session.lines)
        finally:
            bot.terminate()
            await bot.wait()


if __name__ == "__main__":
    main()
