"""Whoever writes panels, the roles on them or their messages passes the one door. Read from the source, so that no new way is forgotten."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODELS = {"Panel", "PanelRole", "PanelMessage"}
WRITES = {"create", "bulk_create", "bulk_update", "update", "delete", "save", "update_or_create", "get_or_create"}
RAW = re.compile(r"\b(INSERT\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE|MERGE\s+INTO)\s+\"?(panel|panel_role|panel_message)\b", re.IGNORECASE)
FRAMES = {"_edit", "_edits"}  # of an edit, which stand inside the door
PASSAGES = {"Passage", "Edit"}  # who has one of these came through the door

# What happens outside of it: nothing here can bring a panel into a channel, or change what a panel gives.
MESSAGE_FIELDS = {"state", "entry_id", "message_id", "rendered_version", "missing", "panel_id", "refused_emojis"}
STEPS = {
    ("cogs/config/service.py", "_change"): "posted messages are drawn anew in another language",
    ("cogs/config/erasure.py", "erase"): "everything of a guild is forgotten",
    ("cogs/panels/posting/grandfathering.py", "_note_panel"): "what was accepted unseen is written down",
    ("cogs/panels/posting/follower.py", "_follow"): "a message shows a newer version",
    ("cogs/panels/posting/message_rows.py", "_to_delete"): "a message goes",
    ("cogs/panels/posting/message_rows.py", "_stand"): "a post that was let through stands",
    ("cogs/panels/posting/message_rows.py", "_known"): "a message that is to go has its id",
    ("cogs/panels/posting/message_rows.py", "_give_up"): "a post came to nothing",
    ("cogs/panels/posting/message_rows.py", "_deleted"): "what came of a deletion; what Discord refused stands as before",
    ("cogs/panels/posting/message_rows.py", "begin_page"): "one more message in a channel where the panel stands",
    ("cogs/panels/posting/message_rows.py", "page_stands"): "the same",
    ("cogs/panels/posting/message_rows.py", "found"): "messages that are to go have their ids",
    ("cogs/panels/posting/message_rows.py", "note_missing"): "a message was deleted at Discord",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in (ROOT / "bot.py", *(file for folder in ("cogs", "core", "models") for file in sorted((ROOT / folder).rglob("*.py")))):
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def holding(tree: ast.AST, known: set[str]) -> set[str]:
    """The variables that hold one of the models, a query of it, or its rows."""
    while True:
        found = set(known)
        for node in ast.walk(tree):
            match node:
                case ast.Assign(targets=targets, value=value) if names(value) & known:
                    found |= {name for target in targets if not isinstance(target, ast.Attribute | ast.Subscript) for name in names(target)}
                case ast.NamedExpr(target=target, value=value) if names(value) & known:
                    found |= names(target)
                case (
                    ast.For(target=target, iter=value)
                    | ast.AsyncFor(target=target, iter=value)
                    | ast.comprehension(target=target, iter=value)
                ) if names(value) & known:
                    found |= names(target)
                case ast.arg(arg=name, annotation=annotation) if annotation is not None and names(annotation) & MODELS:
                    found.add(name)
        if found == known:
            return found
        known = found


def root_of(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript | ast.Await):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def functions(tree: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def of_passages(tree: ast.Module) -> set[Function]:
    """The methods of a passage itself."""
    owners = (node for node in tree.body if isinstance(node, ast.ClassDef) and node.name in PASSAGES)
    return {part for owner in owners for part in ast.walk(owner) if isinstance(part, Function)}


def is_door(item: ast.withitem) -> bool:
    called = item.context_expr.func if isinstance(item.context_expr, ast.Call) else None
    return (isinstance(called, ast.Name) and called.id == "door") or (isinstance(called, ast.Attribute) and called.attr in FRAMES)


def passes(function: Function, write: ast.Call) -> bool:
    """Whether a write has a passage: its function was given one, or it stands inside the door."""
    parameters = (part for part in ast.walk(function.args) if isinstance(part, ast.arg) and part.annotation is not None)
    if any(part.annotation is not None and names(part.annotation) & PASSAGES for part in parameters):
        return True
    blocks = (block for block in ast.walk(function) if isinstance(block, ast.AsyncWith) and any(map(is_door, block.items)))
    return any(write in ast.walk(block) for block in blocks)


def writes() -> Iterator[tuple[str, str, ast.Call, bool]]:
    """Every write: the file, the function, the call, and whether it passes the door."""
    for place, tree in modules():
        everywhere = holding(ast.Module([node for node in tree.body if isinstance(node, ast.Assign)], []), set(MODELS))
        through = of_passages(tree)
        for function in functions(tree):
            known = holding(function, set(everywhere))
            for call in ast.walk(function):
                if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr not in WRITES:
                    continue
                if root_of(call.func.value) in known:
                    yield place, function.name, call, function in through or passes(function, call)


def test_every_write_passes_the_door() -> None:
    found = [(place, name, through) for place, name, _, through in writes()]
    outside = {(place, name) for place, name, through in found if not through}
    assert outside <= set(STEPS), outside - set(STEPS)
    assert set(STEPS) <= outside, "what is no longer written there needs no exception"
    ways = {"_create", "create_all", "_rewrite", "_insert_roles", "_insert", "change_role", "_mend", "begin_post", "begin_deletion"}
    assert ways <= {name for _, name, through in found if through}


def test_what_is_written_outside_opens_nothing() -> None:
    """No panel and no rule is touched there, and no message comes into another channel."""
    for place, name, call, through in writes():
        if through or place in ("cogs/config/erasure.py", "models/panel.py"):
            continue
        assert isinstance(call.func, ast.Attribute)
        what = f"{place}:{call.lineno}"
        if place == "cogs/panels/posting/grandfathering.py":
            assert {keyword.arg for keyword in call.keywords} == {"grandfathered"}, what
        elif call.func.attr == "create":
            channel = next(keyword.value for keyword in call.keywords if keyword.arg == "channel_id")
            assert (name, ast.unparse(channel)) == ("begin_page", "message.channel_id"), what
        elif call.func.attr == "update":
            # None stands for `**changes`; of what they hold, nothing but the state of a message is written in these functions.
            assert {keyword.arg for keyword in call.keywords} <= MESSAGE_FIELDS | {None}, what
        else:
            assert call.func.attr in ("delete", "save"), what


def test_no_statement_writes_them_behind_its_back() -> None:
    raw = [
        (place, node.value)
        for place, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and RAW.search(node.value)
    ]
    # A message that depends on what has changed is counted as out of date, and labels follow names: that opens nothing.
    written = [(place, re.findall(r"SET (.+?)(?:\s(?:FROM|WHERE)|$)", statement, re.MULTILINE)) for place, statement in raw]
    assert {place for place, _ in written} == {"models/panel.py"}
    assert {change for _, changes in written for change in changes} == {
        "rendered_version = 0",
        "label_set = role.label <> named.label",
        "label = named.label",
    }
    assert all(len(changes) == 1 for _, changes in written)


@pytest.mark.parametrize(
    "source",
    [
        "async def sly():\n    await Panel.filter(id=1).update(sticky=True)",
        "async def sly():\n    rows = PanelRole.filter(id=1)\n    await rows.delete()",
        "async def sly():\n    for row in await PanelRole.all():\n        row.capacity = None\n        await row.save()",
        "async def sly(panel: Panel):\n    await panel.delete()",
        "async def sly():\n    if one := await PanelMessage.first():\n        await one.save()",
        "async def sly():\n    async with in_transaction() as db:\n        await Panel.create(using_db=db)",
    ],
)
def test_a_write_outside_is_found(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.panels.test_door.modules", lambda: iter([("sly.py", ast.parse(source))]))
    assert [(place, name, through) for place, name, _, through in writes()] == [("sly.py", "sly", False)]
