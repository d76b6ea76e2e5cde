"""Whether any statement of the bot reads a whole table that grows.

With `--plans` (`make test-all`) every statement is noted where it leaves for PostgreSQL, with the place in the source that it comes from.
When the tests have ended, each is planned on large tables, with the planner's own settings. A statement that has to read a whole table says
why in a comment beside it that begins with "Whole table:". After the whole suite, every place that asks the database must have been met.
"""

import ast
import json
import pickle
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

import asyncpg
import pytest
from asyncpg.connection import Connection

from core.database import connect, migrate

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("cogs", "core", "models")
BENEATH = ("core/postgres.py", "core/pool.py", "core/database.py", "core/shards.py")  # through which the statements of others pass
EXCUSE = "# Whole table:"
# The tables that grow. Those with a row for each server (guild_config, erasure_receipt) and of a day (draft) may be read as a whole.
# Columns and values of as many rows as `n` counts. What is to come lies far ahead, what was lies behind.
LARGE = {
    "panel": (
        20_000,
        """guild_id, name, title, style, mode, buttons_per_row, required_role_ids, required_all, blocked_role_ids, sticky,
        wait_for_screening, version, created_at, updated_at""",
        "n / 10, 'Panel ' || n, 'Panel', 'buttons', 'toggle', 5, '[]', FALSE, '[]', n % 20 = 0, FALSE, 1, {past}, {past}",
    ),
    "panel_role": (
        60_000,
        """panel_id, role_id, label, position, colour, confirmed_permissions, capacity, capacity_counts_all, bundle_role_ids,
        required_role_ids, required_all, blocked_role_ids, grandfathered""",
        "1 + n / 3 % 20000, n, 'Role', 1, 'grey', 0, CASE WHEN n % 200 = 0 THEN 5 END, n % 400 = 0, '[]', '[]', FALSE, '[]', '{{}}'",
    ),
    "panel_message": (
        40_000,
        "panel_id, channel_id, message_id, rendered_version, missing, state, refused_emojis",
        "1 + n / 2 % 20000, n, n, 1, FALSE, 'live', '[]'",
    ),
    "panel_revision": (30_000, "panel_id, version, created_at, snapshot, size", "1 + n / 3 % 20000, n, {past}, '{{}}', 2"),
    "channel_power": (20_000, "channel_id, guild_id, power", "n, n / 5, '{{}}'"),
    "audit_entry": (
        100_000,
        "guild_id, kind, actor_id, target_id, panel_id, interaction_id, payload, state, created_at, settled_at, posted_at",
        """n / 40, CASE WHEN n % 100 = 0 THEN 'panel.edit' ELSE 'roles.click' END, n % 5000, n % 5000, n % 20000, n, '{{}}', 'done', {past},
        {past}, CASE WHEN n % 3 > 0 THEN {past} END""",
    ),
    "role_grant": (
        100_000,
        "guild_id, user_id, role_id, panel_id, item_id, confirmed, granted_at, expires_at, left_at, failures",
        "n / 40, n, n % 100, n % 20000, n, TRUE, {past}, CASE WHEN n % 100 = 0 THEN {future} END, CASE WHEN n % 90 = 1 THEN {past} END, 0",
    ),
}
PAST, FUTURE = "now() - INTERVAL '400 days' + n * INTERVAL '1 second'", "now() + INTERVAL '100 years' + n * INTERVAL '1 second'"

Place = tuple[str, int]  # a file, from the root, and a line


class Statement(NamedTuple):
    """A statement as one place sends it, whatever the number of its values."""

    shape: str
    place: Place


class Noted:
    """What was sent while tests ran."""

    def __init__(self) -> None:
        self.examples: dict[Statement, tuple[str, tuple[Any, ...]]] = {}
        self.places: set[Place] = set()
        self._files: dict[CodeType, str | None] = {}

    def note(self, query: str, values: Iterable[Any]) -> None:
        """One statement leaves. What tests send themselves is not noted."""
        places: list[Place] = []
        frame = sys._getframe(2)
        while frame is not None:
            if file := self._file_of(frame.f_code):
                places.append((file, frame.f_lineno))
            frame = frame.f_back
        self.places.update(places)
        if place := next((place for place in places if place[0] not in BENEATH), None):
            statement = Statement(re.sub(r"\$\d+(?:,\s*\$\d+)+", "$…", query), place)
            if statement not in self.examples:
                self.examples[statement] = query, tuple(values)

    def add(self, other: "Noted") -> None:
        """What another process noted, too."""
        self.examples = other.examples | self.examples
        self.places |= other.places

    def _file_of(self, code: CodeType) -> str | None:
        if code not in self._files:
            path = Path(code.co_filename)
            within = path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] in SOURCES
            self._files[code] = path.relative_to(ROOT).as_posix() if within else None
        return self._files[code]

    def __getstate__(self) -> dict[str, Any]:
        return {"examples": self.examples, "places": self.places, "_files": {}}


class Plans:
    """The part of a pytest process: it notes, hands over what it noted, and, in the first of them, looks at all of it in the end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config, self._noted = config, Noted()
        self._worker: str | None = getattr(config, "workerinput", {}).get("plans")
        self._shared = Path(self._worker or tempfile.mkdtemp(prefix="rolepanel-plans-"))
        self._found: list[str] = []
        _listen(self._noted)

    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker of xdist where it hands over."""
        node.workerinput["plans"] = str(self._shared)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Hand over, or look."""
        if self._worker:
            (self._shared / f"{id(self)}-{self._config.workerinput['workerid']}").write_bytes(pickle.dumps(self._noted))  # pyright: ignore[reportAttributeAccessIssue]
            return
        for file in self._shared.iterdir():
            self._noted.add(pickle.loads(file.read_bytes()))
            file.unlink()
        self._shared.rmdir()
        options = self._config.option
        whole = self._config.args_source is pytest.Config.ArgsSource.TESTPATHS and not (options.keyword or options.markexpr)
        if exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            return
        self._found = look(self._noted)
        if whole:
            self._found += sorted(f"{file}:{line}: no test sends this to the database" for file, line in unmet(self._noted.places))
        if self._found:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say what was found."""
        if self._found:
            terminalreporter.section("statements and large tables", red=True)
            for sentence in self._found:
                terminalreporter.line(sentence)


def _listen(noted: Noted) -> None:
    """Note what every connection of this process sends from now on."""
    driver: Any = Connection
    one, many = driver._execute, driver._executemany

    def send_one(self: Any, query: str, values: Any, *rest: Any, **more: Any) -> Any:
        noted.note(query, values)
        return one(self, query, values, *rest, **more)

    def send_many(self: Any, query: str, values: Any, *rest: Any, **more: Any) -> Any:
        values = list(values)
        noted.note(query, values[0] if values else ())
        return many(self, query, values, *rest, **more)

    driver._execute, driver._executemany = send_one, send_many


def look(noted: Noted) -> list[str]:
    """A sentence for each statement that reads a whole table which grows, and gives no reason."""
    import asyncio

    from tests.conftest import own_server

    with own_server() as server:
        return asyncio.run(_look(server.start(), noted))


async def _look(url: str, noted: Noted) -> list[str]:
    await migrate(url)
    connection = await connect(url)
    try:
        await connection.execute("SET synchronous_commit = off")
        for table, (count, columns, values) in LARGE.items():
            rows = values.format(past=PAST, future=FUTURE)
            await connection.execute(f"INSERT INTO {table} ({columns}) SELECT {rows} FROM generate_series(1, {count}) AS n", timeout=None)
        await connection.execute("VACUUM ANALYZE", timeout=None)
        found: list[str] = []
        for statement, (query, values) in sorted(noted.examples.items(), key=lambda item: item[0].place):
            if re.match(r"\s*(/\*.*?\*/\s*)?(SELECT|WITH|UPDATE|DELETE|INSERT)\b", query, re.IGNORECASE):
                file, line = statement.place
                tables = [] if _excused(file, line) else await _read_whole(connection, query, values)
                found += [f"{file}:{line}: the whole table {table} is read by {' '.join(query.split())}" for table in tables]
        return found
    finally:
        await connection.close()


async def _read_whole(connection: asyncpg.Connection, query: str, values: tuple[Any, ...]) -> list[str]:
    """The large tables that a statement would read from end to end."""
    rows = await connection.fetch(f"EXPLAIN (FORMAT JSON) {query}", *values)
    (plan,) = json.loads(rows[0][0])
    return sorted({node["Relation Name"] for node in _nodes(plan["Plan"]) if node["Node Type"] == "Seq Scan"} & LARGE.keys())


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def _excused(file: str, line: int) -> bool:
    """Whether a comment in or above this statement of the source says why it reads a whole table."""
    text = (ROOT / file).read_text("utf-8")
    around = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0)]
    statement = max(around, key=lambda node: node.lineno)
    return any(EXCUSE in written for written in text.splitlines()[max(statement.lineno - 4, 0) : line])


ASKING = {"all", "bulk_create", "count", "create", "exclude", "exists", "filter", "first", "get", "get_or_none", "unsettled"}


def unmet(places: set[Place]) -> list[Place]:
    """The places in the source that ask the database through a model, and were on the way of no statement."""
    classes = [node for file in (ROOT / "models").glob("*.py") for node in ast.parse(file.read_text("utf-8")).body if _is_model(node)]
    models = {node.name for node in classes if isinstance(node, ast.ClassDef)}
    missing: list[Place] = []
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            file = path.relative_to(ROOT).as_posix()
            lines = {line for name, line in places if name == file}
            for first, last in _askings(ast.parse(path.read_text("utf-8")), models):
                if not any(first <= line <= last for line in lines):
                    missing.append((file, first))
    return missing


def _is_model(node: ast.stmt) -> bool:
    return isinstance(node, ast.ClassDef) and any(isinstance(base, ast.Name) and base.id == "Model" for base in node.bases)


def _askings(tree: ast.Module, models: set[str]) -> Iterator[tuple[int, int]]:
    """The lines of what waits for the answer to each question; of a question that is prepared first, those of its function."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for call in ast.walk(tree):
        asks = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in ASKING
        if asks and isinstance(call.func.value, ast.Name) and call.func.value.id in {*models, "cls"}:  # pyright: ignore[reportAttributeAccessIssue]
            node: ast.AST = call
            while not isinstance(node, ast.Await | ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.Module):
                node = parents[node]
            if isinstance(node, ast.Await | ast.AsyncFunctionDef):
                yield node.lineno, node.end_lineno or node.lineno
