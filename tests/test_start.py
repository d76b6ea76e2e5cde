"""bot.py as an operator runs it: what cannot work is one clear message and exit code 1, and signals end it in good order."""

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import RawTestServer, TestServer

from core.settings import ROOT, Settings
from sandbox.seed import TOKEN, seed
from sandbox.server import Sandbox

PARTS = ("bot.py", "core", "domain", "models", "cogs", "locales", "migrations", "sandbox", "tools")

STUBBORN = """
import asyncio
from core.cog import Cog

class StubbornCog(Cog, name="stubborn"):
    def __init__(self, bot):
        super().__init__(bot)
        self.spawn(self.stay(), "never ends")

    async def stay(self):
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                pass

def setup(bot):
    bot.add_cog(StubbornCog(bot))
"""


@pytest.fixture(scope="session")
def project() -> Iterator[Path]:
    """A copy of the bot without the settings files that a developer may have."""
    with tempfile.TemporaryDirectory(prefix="rolepanel-test-") as name:
        copy = Path(name)
        # As root, PostgreSQL runs under another account, which has to reach its data.
        copy.chmod(0o755)
        for source in (ROOT / part for part in PARTS if (ROOT / part).exists()):
            if source.is_dir():
                shutil.copytree(source, copy / source.name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, copy)
        yield copy


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(seed()) as running:
        yield running


@asynccontextmanager
async def started(project: Path, **variables: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """bot.py with these settings and no other."""
    environment = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        project / "bot.py",
        env=environment | {"HEALTH_PORT": "0"} | variables,
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def refused(project: Path, **variables: str) -> str:
    """What bot.py says when it does not start: the log's last line, or the list of faults where there is no log yet."""
    async with started(project, **variables) as process:
        output, errors = (text.decode() for text in await process.communicate())
    assert (process.returncode, output) == (1, ""), errors
    assert "Traceback" not in errors
    *_, last = re.split(r"^20\S+ \S+ CRITICAL __main__ \| ", errors, flags=re.MULTILINE)
    assert last.strip(), errors
    return last.rstrip("\n")


async def refused_for_good(process: asyncio.subprocess.Process) -> str:
    """What it says when no restart would help, and once more when a signal ends its wait."""
    said = await reached(process, "starting again does not help")
    process.terminate()
    _, errors = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 78
    assert "Traceback" not in said + errors.decode()
    last = errors.decode().splitlines()[-1].partition(" | ")[2]
    assert last and last in said
    return last


async def reached(process: asyncio.subprocess.Process, text: str) -> str:
    """The log up to the first line that holds `text`."""
    assert process.stderr
    said = ""
    while text not in said:
        line = await process.stderr.readline()
        assert line, f"it ended and said: {said}"
        said += line.decode()
    return said


async def test_no_token(project: Path) -> None:
    message = await refused(project)
    assert message.splitlines()[0] == "The bot cannot start with these settings:"
    assert "DISCORD_TOKEN is not set" in message


async def test_what_is_wrong_with_the_settings_is_a_line_of_json_where_that_is_asked_for(project: Path) -> None:
    async with started(project, LOG_FORMAT="json") as process:
        _, errors = await process.communicate()
    (line,) = errors.decode().splitlines()
    entry = json.loads(line)
    assert (entry["level"], "DISCORD_TOKEN is not set" in entry["message"]) == ("CRITICAL", True)


async def test_a_wrong_token(project: Path, sandbox: Sandbox, database_url: str) -> None:
    async with started(project, DISCORD_TOKEN="wrong-token", DISCORD_API_URL=sandbox.api_url, DATABASE_URL=database_url) as process:
        message = await refused_for_good(process)
    assert "Discord does not accept DISCORD_TOKEN" in message and "wrong-token" not in message


async def test_an_intent_that_the_portal_does_not_allow(project: Path, database_url: str) -> None:
    world = seed()
    for application in world.applications.values():
        application.privileged_intents = 0
    async with Sandbox(world) as sandbox:
        variables = {"DISCORD_TOKEN": TOKEN, "DISCORD_API_URL": sandbox.api_url, "DATABASE_URL": database_url, "MEMBERS_INTENT": "true"}
        async with started(project, **variables) as process:
            assert "members intent" in await refused_for_good(process)


@pytest.mark.parametrize(("code", "said"), [(4004, "DISCORD_TOKEN"), (4011, "SHARD_COUNT"), (4013, "intents"), (4014, "MEMBERS_INTENT")])
async def test_a_gateway_that_is_closed_for_good(code: int, said: str, project: Path, sandbox: Sandbox, database_url: str) -> None:
    async with started(project, DISCORD_TOKEN=TOKEN, DISCORD_API_URL=sandbox.api_url, DATABASE_URL=database_url) as process:
        log = await reached(process, "Health checks at ")
        url = re.search(r"Health checks at (\S+)", log)
        await reached(process, "Commands registered at Discord")
        await sandbox.driver.until(lambda: any(connection.session for connection in sandbox.gateway.connections))
        sandbox.gateway.drop_connections(code)
        await reached(process, "ERROR")
        assert url
        async with aiohttp.ClientSession() as session, session.get(url[1]) as response:
            assert response.status == 503
            assert said in (await response.json())["checks"]["gateway"]["detail"]
        process.terminate()
        _, errors = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 78
    assert "Traceback" not in errors.decode()
    assert said in errors.decode().splitlines()[-1]


async def test_a_start_leaves_sessions_for_those_that_run(project: Path, sandbox: Sandbox, database_url: str) -> None:
    """Discord takes a token away that begins more sessions than it allows for a day."""
    (application,) = sandbox.world.applications
    sandbox.gateway.session_starts[application] = [sandbox.gateway.clock.now()] * 995
    async with started(project, DISCORD_TOKEN=TOKEN, DISCORD_API_URL=sandbox.api_url, DATABASE_URL=database_url) as process:
        assert "waiting 1440 minutes" in await reached(process, "allows hardly any more")
        process.terminate()
        await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0


async def test_a_signal_during_the_imports_is_heard(project: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-X", "importtime", project / "bot.py", cwd="/", stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    await reached(process, " asyncio\n")
    process.terminate()
    _, errors = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 0
    assert "Traceback" not in errors.decode()


async def asked(port: int, path: str) -> tuple[int, str]:
    """What the health server says, as soon as there is one."""
    async with aiohttp.ClientSession() as session, asyncio.timeout(30):
        while True:
            try:
                async with session.get(f"http://127.0.0.1:{port}{path}") as response:
                    return response.status, await response.text()
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0)


async def test_the_probes_answer_before_discord_does_and_while_the_token_is_wrong(
    project: Path, sandbox: Sandbox, database_url: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, socket.create_server(("127.0.0.1", 0)) as free:
        nowhere, port = silent.getsockname()[1], free.getsockname()[1]
        free.close()
        variables = {"DISCORD_TOKEN": "wrong", "DATABASE_URL": database_url, "HEALTH_PORT": str(port)}
        async with started(project, **variables, DISCORD_API_URL=f"http://127.0.0.1:{nowhere}/api") as process:
            assert await asked(port, "/health/live") == (200, '{"status": "ok"}')
            status, said = await asked(port, "/health/ready")
            assert (status, "starting" in said) == (503, True)
            process.terminate()
            await process.communicate()
        async with started(project, **variables, DISCORD_API_URL=sandbox.api_url) as process:
            await reached(process, "starting again does not help")
            assert (await asked(port, "/health/live"))[0] == 200
            status, said = await asked(port, "/health/ready")
            assert (status, "does not accept DISCORD_TOKEN" in said) == (503, True)
            assert (await asked(port, "/elsewhere"))[0] == 404
            process.terminate()
            await process.communicate()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_probes_and_signals_are_heard_while_the_libraries_are_imported(end: signal.Signals, project: Path, tmp_path: Path) -> None:
    """py-cord's place is taken by a module that never comes to an end."""
    (tmp_path / "discord.py").write_text("import os\nopen(os.environ['NEVER_WRITTEN']).read()\n")
    os.mkfifo(tmp_path / "pipe")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    variables = {"PYTHONPATH": str(tmp_path), "NEVER_WRITTEN": str(tmp_path / "pipe")}
    async with started(project, DISCORD_TOKEN="t", HEALTH_PORT=str(port), **variables) as process:
        assert await asked(port, "/health/live") == (200, '{"status": "ok"}')
        assert (await asked(port, "/health/ready"))[0] == 503
        process.send_signal(end)
        _, errors = await asyncio.wait_for(process.communicate(), 30)
    assert (process.returncode, errors) == (0, b"")


@pytest.mark.parametrize("answer", ["<html>Welcome to nginx!</html>", "[]", "{}"])
async def test_something_that_is_not_discord(answer: str, project: Path, database_url: str) -> None:
    async def anything(request: web.Request) -> web.Response:
        return web.Response(text=answer)

    app = web.Application()
    app.router.add_get("/{path:.*}", anything)
    async with TestServer(app) as server:
        url = str(server.make_url("/api"))
        message = await refused(project, DISCORD_TOKEN=TOKEN, DISCORD_API_URL=url, DATABASE_URL=database_url)
    assert message == f"What answers at {url} is not Discord. Check DISCORD_API_URL."


async def test_a_proxy_is_used_unless_the_host_is_excepted(project: Path, database_url: str) -> None:
    asked: list[str] = []

    async def forward(request: web.BaseRequest) -> web.Response:
        asked.append(request.raw_path if hasattr(request, "raw_path") else str(request.url))
        return web.Response(status=502)

    async with RawTestServer(forward) as proxy:
        variables = {"DISCORD_TOKEN": TOKEN, "DATABASE_URL": database_url, "DISCORD_API_URL": "http://discord.invalid/api"}
        variables["HTTP_PROXY"] = variables["http_proxy"] = str(proxy.make_url("/"))
        assert "502" in await refused(project, **variables, NO_PROXY="", no_proxy="")
        assert asked
        asked.clear()
        assert "cannot be reached" in await refused(project, **variables, NO_PROXY="discord.invalid", no_proxy="discord.invalid")
        assert not asked


async def test_rest_and_gateway_go_through_a_proxy(project: Path, sandbox: Sandbox, database_url: str) -> None:
    """Only the proxy knows where discord.invalid is."""
    asked: list[str] = []

    async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter, name: bytes = b"") -> None:
        with suppress(ConnectionError):
            while data := await source.read(65536):
                asked.extend(url.decode() for url in re.findall(rb"^[A-Z]+ (\S+) HTTP", data, re.MULTILINE) if name)
                target.write(data.replace(name, b"127.0.0.1") if name else data)
        target.close()

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        back, to = await asyncio.open_connection("127.0.0.1", urlsplit(sandbox.url).port)
        await asyncio.gather(pump(reader, to, b"discord.invalid"), pump(back, writer))

    async with await asyncio.start_server(forward, "127.0.0.1", 0) as proxy:
        variables = {"DISCORD_TOKEN": TOKEN, "DATABASE_URL": database_url, "NO_PROXY": "", "no_proxy": ""}
        variables["DISCORD_API_URL"] = sandbox.api_url.replace("127.0.0.1", "discord.invalid")
        variables["HTTP_PROXY"] = variables["http_proxy"] = f"127.0.0.1:{proxy.sockets[0].getsockname()[1]}"
        async with started(project, **variables) as process:
            await reached(process, "Ready: ")
            process.terminate()
            await process.communicate()
    assert any(url.startswith(variables["DISCORD_API_URL"]) for url in asked)
    assert [url for url in asked if "encoding=json" in url], asked


async def test_a_taken_port(project: Path, sandbox: Sandbox, database_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        message = await refused(project, DISCORD_TOKEN=TOKEN, DISCORD_API_URL=sandbox.api_url, DATABASE_URL=database_url, HEALTH_PORT=port)
    assert message == f"The health server cannot listen on 127.0.0.1:{port} (Address already in use). Set HEALTH_HOST and HEALTH_PORT."


async def test_what_cannot_be_reached(project: Path, database_url: str) -> None:
    # At the same time, because the bot is patient with both.
    no_database, no_discord = await asyncio.gather(
        refused(project, DISCORD_TOKEN=TOKEN, DATABASE_URL="postgresql://u:geheim@127.0.0.1:1/bot"),
        refused(project, DISCORD_TOKEN=TOKEN, DISCORD_API_URL="http://127.0.0.1:1/api", DATABASE_URL=database_url),
    )
    assert "The database at 127.0.0.1:1/bot cannot be reached" in no_database and "\n" not in no_database
    assert "geheim" not in no_database
    assert "Discord cannot be reached at http://127.0.0.1:1/api" in no_discord and "\n" not in no_discord


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("config.toml", "discord_token = \n", "config.toml is not valid TOML"),
        ("config.toml", 'discord_tokem = "x"\n', "Did you mean discord_token?"),
        (".env", "what is this\n", ".env, line 1"),
    ],
)
async def test_a_malformed_settings_file(name: str, content: str, said: str, project: Path) -> None:
    (project / name).write_text(content)
    try:
        assert said in await refused(project)
    finally:
        (project / name).unlink()


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("when", ["Creating the embedded PostgreSQL", "Commands registered at Discord"])
async def test_a_signal_ends_the_bot_and_its_database(end: signal.Signals, when: str, project: Path, sandbox: Sandbox) -> None:
    if when.startswith("Creating"):
        shutil.rmtree(project / "data", ignore_errors=True)
    async with started(project, DISCORD_TOKEN=TOKEN, DISCORD_API_URL=sandbox.api_url) as process:
        said = await reached(process, when)
        process.send_signal(end)
        _, errors = await asyncio.wait_for(process.communicate(), 30)
    said += errors.decode()
    assert process.returncode == 0, said
    assert "Traceback" not in said and "ERROR" not in said, said
    assert not (project / "data" / "postgres" / "cluster" / "postmaster.pid").exists()


async def test_work_that_ignores_its_end_is_cut_off_and_named(project: Path, sandbox: Sandbox, database_url: str) -> None:
    stubborn = project / "cogs" / "stubborn"
    stubborn.mkdir()
    (stubborn / "__init__.py").write_text(STUBBORN)
    try:
        async with started(project, DISCORD_TOKEN=TOKEN, DISCORD_API_URL=sandbox.api_url, DATABASE_URL=database_url) as process:
            await reached(process, "Commands registered at Discord")
            process.terminate()
            _, errors = await asyncio.wait_for(process.communicate(), 30)
    finally:
        shutil.rmtree(stubborn)
    assert "cut off: never ends" in errors.decode()


async def test_a_killed_bot_is_followed_by_one_that_takes_its_database_over(project: Path, sandbox: Sandbox) -> None:
    async with started(project, DISCORD_TOKEN=TOKEN, DISCORD_API_URL=sandbox.api_url) as process:
        await reached(process, "Commands registered at Discord")
    async with started(project, DISCORD_TOKEN=TOKEN, DISCORD_API_URL=sandbox.api_url) as process:
        await reached(process, "Commands registered at Discord")
        process.terminate()
        await process.communicate()
    assert process.returncode == 0


async def test_no_secret_is_logged_even_at_the_loudest_level(project: Path, sandbox: Sandbox, database_url: str) -> None:
    variables = {"DISCORD_TOKEN": TOKEN, "DISCORD_API_URL": sandbox.api_url, "DATABASE_URL": database_url, "LOG_LEVEL": "trace"}
    async with started(project, **variables) as process:
        said = await reached(process, "Commands registered at Discord")
        process.terminate()
        _, errors = await process.communicate()
    assert "DEBUG" in said and TOKEN not in said + errors.decode()


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
async def test_the_demo_starts_everything_and_ends_everything(end: signal.Signals, project: Path) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tools.demo", cwd=project, stdout=subprocess.PIPE)
    assert process.stdout
    said = ""
    while "Ctrl-C ends all of it" not in said:
        line = await process.stdout.readline()
        assert line, f"it ended and said: {said}"
        said += line.decode()
    urls = re.findall(r"^  (http://\S+)$", said, re.MULTILINE)
    assert len(urls) == 2
    async with aiohttp.ClientSession() as session:
        for url in urls:
            async with session.get(url) as response:
                assert response.status == 200
        process.send_signal(end)
        rest, _ = await asyncio.wait_for(process.communicate(), 30)
        assert (process.returncode, rest.decode().strip()) == (0, "Ending …")
        for url in urls:
            with pytest.raises(aiohttp.ClientConnectorError):
                await session.get(url)
    assert not (project / "data" / "demo" / "postgres" / "cluster" / "postmaster.pid").exists()
