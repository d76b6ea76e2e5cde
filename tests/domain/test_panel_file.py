"""The form of panels in files: what is written is read again, and what is wrong is named with its place."""

import json
from dataclasses import replace
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from domain.durations import LONGEST, SHORTEST
from domain.file_reader import Fault, FaultKind
from domain.panel_file import (
    CAPACITY_MAX,
    EMOJI_MAX,
    PanelFile,
    RoleSketch,
    fault_of,
    mentioned,
    portable,
    read_file,
    read_panel,
    write_file,
    write_panel,
    write_sparingly,
)
from domain.panels import (
    DESCRIPTION_MAX,
    FOOTER_MAX,
    LABEL_MAX,
    NAME_MAX,
    OPTION_DESCRIPTION_MAX,
    ROLES_MAX,
    TITLE_MAX,
    Appearance,
    ButtonColour,
    Mode,
    PanelSpec,
    Requirement,
    RoleSpec,
    Style,
    label_of,
)
from domain.toml_text import parse


def texts(limit: int) -> st.SearchStrategy[str]:
    characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0\r")
    return st.text(characters, min_size=1, max_size=min(limit, 60)).filter(str.strip)


ids = st.integers(1, 2**63 - 1)
id_lists = st.lists(ids, max_size=3, unique=True).map(tuple)
requirements = st.builds(Requirement, id_lists, st.booleans(), id_lists).filter(lambda rule: not {*rule.required} & {*rule.blocked})
addresses = st.none() | st.sampled_from(["https://example.org/a.png", "https://cdn.example.org/x?y=%20z"])
items = st.builds(
    RoleSpec,
    item_id=st.integers(0, 10**6),
    role_id=ids,
    label=texts(LABEL_MAX),
    label_set=st.booleans(),
    emoji=st.none() | texts(EMOJI_MAX),
    description=st.none() | texts(OPTION_DESCRIPTION_MAX),
    colour=st.sampled_from(ButtonColour),
    confirmed_permissions=st.integers(0, 2**41),
    duration=st.none() | st.integers(SHORTEST, LONGEST),
    capacity=st.none() | st.integers(1, CAPACITY_MAX),
    capacity_counts_all=st.booleans(),
    bundle=id_lists,
    requirement=requirements,
)
panels = st.builds(
    PanelSpec,
    panel_id=st.integers(1, 10**6),
    guild_id=ids,
    version=st.integers(1, 10**6),
    name=texts(NAME_MAX),
    title=texts(TITLE_MAX),
    description=st.none() | texts(DESCRIPTION_MAX),
    appearance=st.builds(
        Appearance, st.none() | st.integers(0, 0xFFFFFF), addresses, addresses, st.none() | texts(FOOTER_MAX), st.integers(1, 5)
    ),
    style=st.sampled_from(Style),
    mode=st.sampled_from(Mode),
    min_roles=st.none() | st.integers(0, 3),
    max_roles=st.none() | st.integers(3, ROLES_MAX),
    requirement=requirements,
    link_group=st.none() | texts(NAME_MAX),
    sticky=st.booleans(),
    wait_for_screening=st.booleans(),
    roles=st.lists(items, max_size=4, unique_by=lambda role: role.role_id).map(tuple),
)
colours = st.integers(0, 0xFFFFFF)


def named(panel: PanelSpec, sketches: dict[int, RoleSketch]) -> PanelSpec:
    """The panel with the names of its roles as the labels that nobody set; whatever is called like its role was not set either."""
    names = {role.role_id: label_of(sketches[role.role_id].name) for role in panel.roles}
    roles = (
        replace(role, label_set=False, label=names[role.role_id]) if not role.label_set or role.label == names[role.role_id] else role
        for role in panel.roles
    )
    return replace(panel, roles=tuple(roles))


@given(st.lists(panels, min_size=1, max_size=3), st.data())
def test_what_is_exported_is_imported_as_the_same_panels(exported: list[PanelSpec], data: st.DataObject) -> None:
    on_panels = {role.role_id for panel in exported for role in panel.roles}
    everything = set().union(*map(mentioned, exported))
    sketches = {
        role_id: RoleSketch(data.draw(texts(100)), data.draw(colours) if role_id in on_panels else 0) for role_id in sorted(everything)
    }
    exported = [named(panel, sketches) for panel in exported]
    text = tomli_w.dumps(write_file(exported, sketches), multiline_strings=True)
    assert read_file(parse(text.encode())) == PanelFile(tuple(map(portable, exported)), sketches)


@given(panels)
def test_a_snapshot_needs_no_names(panel: PanelSpec) -> None:
    followed = {role.role_id: RoleSketch(role.label) for role in panel.roles if not role.label_set}
    assert read_panel(write_panel(panel, {})) == PanelFile((portable(panel),), followed)


@given(panels, st.integers(26, 60))
def test_what_the_bot_wrote_is_read_whatever_the_limits_are_now(panel: PanelSpec, count: int) -> None:
    assert fault_of(panel) is None
    poisoned = replace(panel, title="x" * 300, max_roles=501, requirement=Requirement(tuple(range(1, count)), blocked=(1,)))
    assert fault_of(poisoned) is not None
    assert read_panel(write_panel(poisoned, {}) | {"later": 1}).panels == (portable(poisoned),)
    with pytest.raises(Fault):
        read_file({"format": 1, "panel": [write_panel(poisoned, {})]})


def test_roles_without_ids_are_known_by_their_names() -> None:
    file = read_panel({"title": "T", "role": [{"role": "Red", "bundle": [{"role": "Fan"}]}, {"role": "Fan"}, {"role": "Blue", "id": 7}]})
    (panel,) = file.panels
    assert [(role.role_id, role.label) for role in panel.roles] == [(-1, "Red"), (-2, "Fan"), (7, "Blue")]
    assert panel.roles[0].bundle == (-2,)
    assert file.roles == {-1: RoleSketch("Red"), -2: RoleSketch("Fan"), 7: RoleSketch("Blue")}


def test_line_ends_become_those_that_a_file_can_hold() -> None:
    (panel,) = read_panel({"title": "T", "description": "a\r\nb\rc\nd"}).panels
    assert panel.description == "a\nb\nc\nd"


def in_panel(**panel: Any) -> dict[str, Any]:
    return {"format": 1, "panel": [{"title": "T"} | panel]}


def in_role(**role: Any) -> dict[str, Any]:
    return in_panel(role=[{"role": "Red"} | role])


@pytest.mark.parametrize(
    ("data", "kind", "where"),
    [
        ({}, FaultKind.NOT_A_PANEL_FILE, ""),
        ({"format": 2, "panel": []}, FaultKind.OTHER_VERSION, ""),
        ({"format": True, "panel": []}, FaultKind.OTHER_VERSION, ""),
        ({"format": 1}, FaultKind.NO_PANELS, ""),
        ({"format": 1, "panels": []}, FaultKind.UNKNOWN_KEY, "panels"),
        ({"format": 1, "panel": {"title": "T"}}, FaultKind.NOT_TABLES, "panel"),
        ({"format": 1, "panel": [1]}, FaultKind.NOT_TABLES, "panel"),
        ({"format": 1, "panel": [{}]}, FaultKind.MISSING, "panel[1].title"),
        (in_panel(title=" \n"), FaultKind.EMPTY, "panel[1].title"),
        (in_panel(title=3), FaultKind.NOT_A_TEXT, "panel[1].title"),
        (in_panel(title="x" * 257), FaultKind.TOO_LONG, "panel[1].title"),
        (in_panel(description="a\0b"), FaultKind.UNREADABLE, "panel[1].description"),
        (in_panel(colour="red"), FaultKind.NOT_A_COLOUR, "panel[1].colour"),
        (in_panel(colour=255), FaultKind.NOT_A_COLOUR, "panel[1].colour"),
        (in_panel(colour="#+12345"), FaultKind.NOT_A_COLOUR, "panel[1].colour"),
        (in_panel(image="http://example.org/a.png"), FaultKind.NOT_HTTPS, "panel[1].image"),
        (in_panel(image="https://[broken"), FaultKind.NOT_HTTPS, "panel[1].image"),
        (in_panel(thumbnail="javascript:alert(1)"), FaultKind.NOT_HTTPS, "panel[1].thumbnail"),
        (in_panel(mode="sometimes"), FaultKind.NOT_ONE_OF, "panel[1].mode"),
        (in_panel(style=["buttons"]), FaultKind.NOT_ONE_OF, "panel[1].style"),
        (in_panel(buttons_per_row=6), FaultKind.OUT_OF_RANGE, "panel[1].buttons_per_row"),
        (in_panel(sticky="yes"), FaultKind.NOT_A_FLAG, "panel[1].sticky"),
        (in_panel(min_roles=4, max_roles=3), FaultKind.OUT_OF_RANGE, "panel[1].min_roles"),
        (in_panel(roles=[]), FaultKind.UNKNOWN_KEY, "panel[1].roles"),
        (in_role(required_roles=[{"id": 2}], blocked_roles=[{"id": 2}]), FaultKind.NEEDED_AND_BLOCKED, "panel[1].role[1].blocked_roles"),
        (in_panel(required_roles=[{}]), FaultKind.MISSING, "panel[1].required_roles[1].role"),
        (in_panel(role=[{"id": n + 1, "label": "x"} for n in range(501)]), FaultKind.TOO_MANY, "panel[1].role"),
        (in_panel(role=[{"id": 1, "label": "a"}, {"id": 1, "label": "b"}]), FaultKind.ROLE_TWICE, "panel[1].role[2]"),
        (in_role(id="7"), FaultKind.NOT_A_NUMBER, "panel[1].role[1].id"),
        (in_role(id=True), FaultKind.NOT_A_NUMBER, "panel[1].role[1].id"),
        (in_role(id=-7), FaultKind.OUT_OF_RANGE, "panel[1].role[1].id"),
        (in_role(id=2**63), FaultKind.OUT_OF_RANGE, "panel[1].role[1].id"),
        (in_role(duration_seconds=59), FaultKind.OUT_OF_RANGE, "panel[1].role[1].duration_seconds"),
        (in_role(duration_seconds=1.5), FaultKind.NOT_A_NUMBER, "panel[1].role[1].duration_seconds"),
        (in_role(confirmed_permissions=8), FaultKind.UNKNOWN_KEY, "panel[1].role[1].confirmed_permissions"),
        (in_role(bundle=[{"role": "x", "label": "y"}]), FaultKind.UNKNOWN_KEY, "panel[1].role[1].bundle[1].label"),
        (in_panel(role=[{"id": 1}]), FaultKind.MISSING, "panel[1].role[1].label"),
    ],
)
def test_a_fault_is_named_with_its_place(data: dict[str, Any], kind: FaultKind, where: str) -> None:
    with pytest.raises(Fault) as fault:
        read_file(data)
    assert (fault.value.kind, fault.value.where) == (kind, where)


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xff\xfe", FaultKind.NOT_UTF8),
        ("format = 1".encode("utf-16"), FaultKind.NOT_UTF8),
        (b"format = ", FaultKind.BROKEN),
        (b"a = 1\na = 2", FaultKind.BROKEN),
        (b"a = 1979-13-01", FaultKind.BROKEN),
        (b"a = " + b"9" * 5000, FaultKind.BROKEN),
        (b"a = " + b"[" * 100_000, FaultKind.TOO_DEEP),
        (b"a = " + b"{a=" * 50_000, FaultKind.TOO_DEEP),
        (b".".join([b"a"] * 100_000) + b" = 1", FaultKind.TOO_DEEP),
        (b"[" + b".".join([b"a"] * 100_000) + b"]", FaultKind.TOO_DEEP),
        (b'x = """' + b'"""' * 50_000, FaultKind.BROKEN),
        (b'x = """' + b"\\" * 200_000, FaultKind.BROKEN),
        (b'\\"""\n' * 50_000, FaultKind.BROKEN),
        (b'\\"' * 100_000, FaultKind.BROKEN),
        (b'a = ["""x"""", ' + b"[" * 3000 + b"]" * 3000 + b', "y"]', FaultKind.TOO_DEEP),
    ],
)
def test_broken_and_hostile_files_are_refused_at_once(content: bytes, kind: FaultKind) -> None:
    with pytest.raises(Fault) as fault:
        parse(content)
    assert fault.value.kind is kind


def test_brackets_and_dots_in_texts_are_not_nesting() -> None:
    many = "[" * 12
    text = f"# {many}\na = \"{many}.\"\nb = \"\"\"\n{many}\na.b.c.d.e.f.g.h.i.j.k\"\"\"\nc = '{many}'\nd = '''{many}'''"
    assert set(parse(text.encode())) == {"a", "b", "c", "d"}


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm() -> None:
    assert parse(b'\xef\xbb\xbfa = """x\r\ny"""\r\n') == {"a": "x\ny"}


def test_what_nobody_reads_names_each_role_once_and_is_read_the_same() -> None:
    needed = tuple(range(100, 125))
    roles = tuple(RoleSpec(0, number, "x", requirement=Requirement(needed)) for number in (-1, *range(1, 50)))
    sketches = {role_id: RoleSketch("長" * 100, 0x123456) for role_id in (-1, *range(1, 50), *needed)}
    file = PanelFile((PanelSpec(0, 0, "x", "x", 0, roles=roles),), sketches)
    sparing = write_sparingly(file)
    assert read_file(sparing) == read_file(write_file(file.panels, sketches)) == PanelFile(file.panels, read_file(sparing).roles)
    assert json.dumps(sparing, ensure_ascii=False).count("長" * 100) == len(sketches)
