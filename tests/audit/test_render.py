"""An audit entry as an embed: what it says, and that Discord always takes it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.audit.render import EMBED_MAX, FIELD_MAX, FIELDS_MAX, embed, placeholder, size
from cogs.audit.words import REASONS
from core.i18n import translator
from domain.role_safety import Problem
from models import AuditEntry, AuditState

EN, JA = translator("en"), translator("ja")
AT = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)


def entry(kind: str = "roles.click", state: AuditState = AuditState.DONE, **payload: Any) -> AuditEntry:
    return AuditEntry(id=77, guild_id=1, kind=kind, actor_id=5, target_id=5, payload=payload, state=state, created_at=AT, settled_at=AT)


def fields(made: dict[str, Any]) -> dict[str, str]:
    return {field["name"]: field["value"] for field in made["fields"]}


def test_a_click() -> None:
    payload = {
        "panel_name": "My *panel*",
        "channel_id": 8,
        "message_id": 9,
        "added": [11, 12],
        "removed": [13],
        "refused": [{"role_id": 14, "problem": "above_bot"}, {"role_id": 0, "problem": "not_on_panel"}],
        "failed": [{"role_id": 15, "problem": "two_factor"}],
    }
    made = embed(entry(**payload), EN)
    assert made["title"] == "Roles changed"
    assert (made["timestamp"], made["footer"]) == ("2030-01-02T03:04:05+00:00", {"text": "#77"})
    assert fields(made) == {
        "Member": "<@5> (`5`)",
        "Panel": "**My \\*panel\\***\nhttps://discord.com/channels/1/8/9",
        "Added": "<@&11> <@&12>",
        "Removed": "<@&13>",
        "Refused": "<@&14> — it stands above the bot's own role\nit is no longer on the panel",
        "Failed": "<@&15> — the server requires two-factor authentication, and the account of the bot's owner has none",
    }


def test_a_custom_emoji_stays_one_and_the_name_is_in_the_readers_language() -> None:
    emoji = "<:my_emoji_x:123456789012345678>"
    made = embed(entry("panel.edit", before={"name": "A", "emoji": None}, after={"name": "B", "emoji": emoji}), JA)
    assert fields(made)["名前"] == "A\n→ B"
    assert emoji in fields(made)["絵文字"]


@pytest.mark.parametrize(
    ("state", "title"),
    [
        (AuditState.DONE, "ロールを変更"),
        (AuditState.REFUSED, "ロールの変更を拒否"),
        (AuditState.UNKNOWN, "結果が不明なロールの変更"),
    ],
)
def test_how_a_click_ended_is_in_the_title_and_the_colour(state: AuditState, title: str) -> None:
    made = embed(entry(state=state), JA)
    assert made["title"] == title
    others = {
        embed(entry(state=other), JA)["color"] for other in (AuditState.DONE, AuditState.REFUSED, AuditState.UNKNOWN) if other != state
    }
    assert made["color"] not in others


def test_what_was_only_observed_is_said_so() -> None:
    assert "interrupted" in fields(embed(entry(state=AuditState.UNKNOWN, observed=True), EN))["Note"]


@pytest.mark.parametrize("problem", Problem)
def test_every_problem_has_a_reason(problem: Problem) -> None:
    made = embed(entry(refused=[{"role_id": 3, "problem": problem.value}]), JA)
    assert fields(made)["拒否"] == f"<@&3> — {JA(REASONS[problem])}"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"title": "A_b"}, {"title": "C"}, {"Title": "A\\_b\n→ C"}),
        ({"description": None}, {"description": "Hi"}, {"Description": "none\n→ Hi"}),
        ({"style": "buttons"}, {"style": "dropdown"}, {"Style": "Buttons\n→ Dropdown"}),
        ({"mode": "toggle"}, {"mode": "unique"}, {"Mode": "Take and give back\n→ One at a time"}),
        ({"colour": "primary"}, {"colour": "danger"}, {"Colour": "Blue\n→ Red"}),
        ({"locale": None}, {"locale": "ja"}, {"Language": "automatic\n→ 日本語"}),
        ({"audit_channel_id": 4}, {"audit_channel_id": None}, {"Audit channel": "<#4>\n→ none"}),
        ({"manager_role_ids": []}, {"manager_role_ids": [4, 5]}, {"Manager roles": "none\n→ <@&4> <@&5>"}),
        ({"duration_seconds": None}, {"duration_seconds": 90_000}, {"Duration": "none\n→ 1 day 1 hour"}),
        ({"sticky": False}, {"sticky": True}, {"Given back to who returns": "no\n→ yes"}),
        ({"max_roles": 1}, {"max_roles": 3}, {"Greatest number of roles": "1\n→ 3"}),
        ({"title": "Same", "label": "A"}, {"title": "Same", "label": "B"}, {"Label": "A\n→ B"}),
        ({}, {"title": "New"}, {"Title": "New"}),
        ({"title": "Old"}, {}, {"Title": "Old"}),
    ],
)
def test_a_change_is_shown_before_and_after(before: dict[str, Any], after: dict[str, Any], expected: dict[str, str]) -> None:
    made = fields(embed(entry("panel.edit", before=before, after=after), EN))
    assert {name: value for name, value in made.items() if name not in ("Member", "By")} == expected


def test_no_mention_is_cut_in_a_long_list_of_roles() -> None:
    many = [10**18 + number for number in range(25)]
    value = fields(embed(entry("panel.edit", before={"required_role_ids": []}, after={"required_role_ids": many}), EN))["Needed roles"]
    shown = value.removeprefix("none\n→ ").removesuffix(" …").split()
    assert shown == [f"<@&{role_id}>" for role_id in many[: len(shown)]]
    assert 15 < len(shown) < 25


def test_who_did_it_and_to_whom() -> None:
    other = entry("panel.edit")
    other.target_id, other.actor_id = 6, 5
    assert fields(embed(other, EN)) == {"Member": "<@6> (`6`)", "By": "<@5> (`5`)"}
    other.target_id = None
    assert fields(embed(other, EN)) == {"By": "<@5> (`5`)"}


def test_a_deleted_panel_names_its_roles_and_what_is_left() -> None:
    payload = {"panel_name": "P", "role_names": {"11": "Red", "12": "Blue"}, "messages_left": [{"channel_id": 8, "message_id": 9}]}
    made = fields(embed(entry("panel.delete", **payload), EN))
    assert made["Roles"] == "<@&11> <@&12>"
    assert made["Messages that could not be deleted"] == "https://discord.com/channels/1/8/9"


def test_a_post_that_was_found_later_says_so() -> None:
    assert "interrupted while it posted" in fields(embed(entry("panel.post", panel_name="P", found_later=True), EN))["Note"]


def test_confirmed_permissions_are_named() -> None:
    made = fields(embed(entry("panel.edit", role_id=11, confirmed_permissions=(1 << 3) | (1 << 28)), EN))
    assert made["Role"] == "<@&11>"
    assert made["Confirmed permissions"] == "Administrator, Manage Roles"


def test_many_roles_go_on_in_a_second_field() -> None:
    added = [10**18 + number for number in range(60)]
    made = fields(embed(entry(added=added), EN))
    shown = made["Added"].split() + made["Added (2)"].split()
    assert shown == [f"<@&{role_id}>" for role_id in added]


@pytest.mark.parametrize(("longer", "expected"), [(13, ["Added"]), (14, ["Added", "Added (2)"])])
def test_a_field_is_used_up_to_its_last_character(longer: int, expected: list[str]) -> None:
    """44 mentions of 22 characters with spaces between them are 1011; each longer id is one more."""
    added = [10**18 + number if number < longer else 10**17 + number for number in range(44)]
    made = fields(embed(entry(added=added), EN))
    assert [name for name in made if name.startswith("Added")] == expected
    assert sum(map(len, (made[name] for name in expected))) + len(expected) - 1 == 1011 + longer


def units(text: str) -> int:
    """UTF-16 units, as Discord's clients count."""
    return len(text.encode("utf-16-le")) // 2


def test_an_emoji_counts_twice() -> None:
    made = embed(entry("panel.edit", before={"description": "😀" * 470}, after={"description": "x" + "🎉" * 470}), EN)
    assert FIELD_MAX - 70 < units(fields(made)["Description"]) <= FIELD_MAX
    assert "\ufffd" not in fields(made)["Description"]


def test_a_kind_that_nobody_knows_is_shown_by_its_name() -> None:
    assert embed(entry("future.thing"), EN)["title"] == "future.thing"


TEXTS = st.text(st.characters(codec="utf-8"), max_size=4100)
IDS = st.lists(st.integers(1, 2**63 - 1), max_size=60)
REFUSALS = st.lists(st.fixed_dictionaries({"role_id": st.integers(0, 2**63 - 1), "problem": st.sampled_from(list(Problem))}), max_size=60)
CHANGES = st.fixed_dictionaries({"title": TEXTS, "description": st.none() | TEXTS, "label": TEXTS, "emoji": TEXTS, "unknown": TEXTS})


@given(
    st.sampled_from(["roles.click", "panel.edit", "panel.delete"]),
    st.fixed_dictionaries(
        {
            "panel_name": TEXTS.map(lambda text: text[:100]),
            "added": IDS,
            "removed": IDS,
            "refused": REFUSALS,
            "before": CHANGES,
            "after": CHANGES,
        }
    ),
)
def test_discord_takes_every_entry(kind: str, payload: dict[str, Any]) -> None:
    made = embed(entry(kind, **payload), JA)
    assert size(made) <= EMBED_MAX
    assert len(made["fields"]) <= FIELDS_MAX
    assert all(0 < units(field["value"]) <= FIELD_MAX and 0 < units(field["name"]) <= 256 for field in made["fields"])
    assert (
        units(made["title"]) + units(made["footer"]["text"]) + sum(units(field["name"]) + units(field["value"]) for field in made["fields"])
        <= EMBED_MAX
    )


def test_an_entry_cut_short_says_so() -> None:
    made = embed(entry(refused=[{"role_id": 10**18 + n, "problem": "two_factor"} for n in range(100)]), EN)
    assert made["fields"][-1]["value"] == "More does not fit here."
    assert size(made) <= EMBED_MAX


def test_more_changes_than_an_embed_has_fields() -> None:
    before, after = ({f"fact {number}": f"{word} {number}" for number in range(40)} for word in ("old", "new"))
    made = embed(entry("panel.edit", before=before, after=after), EN)
    assert len(made["fields"]) == FIELDS_MAX
    assert [field["name"] for field in made["fields"][-2:]] == ["fact 22", "…"]


def test_the_placeholder_names_the_entry() -> None:
    assert placeholder(entry("panel.edit"), EN)["footer"] == {"text": "#77"}
