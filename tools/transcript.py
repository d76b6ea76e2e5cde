"""Writes docs/transcript.md: one session with the whole product, driven as people would drive it.

The same three parts as in `make demo` (embedded PostgreSQL, sandbox, bot.py as a process of its own); what people do goes through the
sandbox's driver. Run with `python -m tools.transcript`.
"""

import asyncio
import json
import os
import re
import shutil
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
HEALTH_PORT = 18080
HEADING = """# One session, as text

Written by `python -m tools.transcript`, which starts the parts of `make demo` and acts through the sandbox's driver. Ids are shortened.
Every block is what that person saw, or what the table held, at that moment.
"""


class Session:
    """The product at work, and the text about it."""

    def __init__(self, sandbox: Sandbox, database: asyncpg.Connection) -> None:
        self.sandbox, self.database = sandbox, database
        self.lines = [HEADING]

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
            session.get(f"http://127.0.0.1:{HEALTH_PORT}/health/ready") as response,
        ):
            self.say(f"`GET /health/ready` → {response.status}")
            self.show(json.dumps(await response.json(), indent=2))

    def _readable(self, text: str) -> str:
        guild = self.sandbox.guild
        text = re.sub(r"<@&(\d+)>", lambda m: f"@{guild.roles[int(m[1])].name}" if int(m[1]) in guild.roles else m[0], text)
        text = re.sub(r"<#(\d+)>", lambda m: f"#{guild.channels[int(m[1])].name}" if int(m[1]) in guild.channels else m[0], text)
        return re.sub(r"\d{13,}(\d{4})", r"…\1", text)


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
    await session.rows("SELECT kind, actor_id, state, payload->'added' AS added, payload->'removed' AS taken FROM audit_entry ORDER BY id")

    session.say("## The audit channel")
    log = sandbox.actor("olivia").in_("audit-log")
    await sandbox.until(lambda: sum(len(m.embeds) for m in log.sees()) >= 5, timeout=30, what="for the audit channel")
    for message in log.sees():
        session.screen(message)

    session.say("## Health")
    await session.health()


def main() -> None:
    """Start the database, play the story, and take the database away again."""
    directory = Path(tempfile.mkdtemp(prefix="rolepanel-transcript-"))
    directory.chmod(0o755)
    server = EmbeddedPostgres(directory / "postgres")
    try:
        asyncio.run(play(server.start()))
    finally:
        server.stop()
        shutil.rmtree(directory)


async def play(url: str) -> None:
    """Start sandbox and bot, play the story, write it down."""
    async with Sandbox(seed()) as sandbox:
        settings = {"DISCORD_TOKEN": TOKEN, "DISCORD_API_URL": sandbox.api_url, "DATABASE_URL": url, "HEALTH_PORT": str(HEALTH_PORT)}
        bot = await asyncio.create_subprocess_exec(sys.executable, ROOT / "bot.py", env={**os.environ, **settings, "LOG_LEVEL": "WARNING"})
        try:
            app = next(iter(sandbox.world.applications.values()))
            await sandbox.until(lambda: app.commands and sandbox.gateway.online(app.id), timeout=60, what="for the bot")
            database = await connect(url)
            session = Session(sandbox, database)
            await story(session)
            await database.close()
            TARGET.write_text("\n".join(session.lines), encoding="utf-8")
        finally:
            bot.terminate()
            await bot.wait()


if __name__ == "__main__":
    main()
