"""The weekly look at Discord's OpenAPI description names exactly what changed."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tools import discord_spec

DESCRIPTION: dict[str, Any] = {
    "paths": {
        "/channels/{channel_id}": {
            "parameters": [{"name": "channel_id"}],
            "get": {"operationId": "get_channel"},
            "patch": {"operationId": "update_channel"},
        }
    },
    "components": {"schemas": {"Role": {"properties": {"id": {}}}, "Emoji": {}}, "responses": {"ClientErrorResponse": {}}},
}


def changed(**paths: object) -> dict[str, Any]:
    return {**copy.deepcopy(DESCRIPTION), **paths}


def test_the_same_description_in_another_order_is_no_change() -> None:
    turned = json.loads(json.dumps(DESCRIPTION), object_pairs_hook=lambda pairs: dict(reversed(pairs)))

    assert discord_spec.compare(discord_spec.digests(DESCRIPTION), discord_spec.digests(turned)) == []


@pytest.mark.parametrize(
    ("spot", "value", "line"),
    [
        (("paths", "/channels/{channel_id}", "delete"), {"operationId": "delete_channel"}, "- `DELETE /channels/{channel_id}`"),
        (("paths", "/channels/{channel_id}", "get", "deprecated"), True, "- `GET /channels/{channel_id}`"),
        (("paths", "/channels/{channel_id}", "parameters"), [], "- `/channels/{channel_id} (parameters of all its methods)`"),
        (("components", "schemas", "Role", "properties", "colors"), {}, "- `schema Role`"),
        (("components", "responses", "ClientRatelimitedResponse"), {}, "- `response ClientRatelimitedResponse`"),
    ],
)
def test_what_is_new_or_changed_is_named(spot: tuple[str, ...], value: object, line: str) -> None:
    later = copy.deepcopy(DESCRIPTION)
    part = later
    for key in spot[:-1]:
        part = part[key]
    part[spot[-1]] = value

    report = discord_spec.compare(discord_spec.digests(DESCRIPTION), discord_spec.digests(later))

    assert [entry for entry in report if entry.startswith("- ")] == [line]


def test_what_is_gone_is_named() -> None:
    later = copy.deepcopy(DESCRIPTION)
    del later["components"]["schemas"]["Emoji"]

    assert discord_spec.compare(discord_spec.digests(DESCRIPTION), discord_spec.digests(later)) == ["", "## Gone", "", "- `schema Emoji`"]


def test_what_was_accepted_is_what_the_next_look_compares_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(discord_spec, "SEEN", tmp_path / "seen.json")
    (tmp_path / "old.json").write_text(json.dumps(DESCRIPTION))
    (tmp_path / "new.json").write_text(json.dumps(changed(components={"schemas": {}})))

    assert discord_spec.main(["accept", str(tmp_path / "old.json")]) == 0
    assert discord_spec.main(["compare", str(tmp_path / "old.json")]) == 0
    assert "Nothing differs." in capsys.readouterr().out
    assert discord_spec.main(["compare", str(tmp_path / "new.json")]) == 1
    assert "- `schema Role`" in capsys.readouterr().out


def test_a_description_that_cannot_be_had_is_no_report(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Otherwise a weekly run without network would open an issue about nothing."""
    monkeypatch.setattr(discord_spec, "PUBLISHED", "http://127.0.0.1:9/openapi.json")

    with pytest.raises(SystemExit) as ended:
        discord_spec.main(["compare"])

    assert ended.value.code == 2
    assert "could not be had" in capsys.readouterr().err
    assert discord_spec.main(["look"]) == 2
