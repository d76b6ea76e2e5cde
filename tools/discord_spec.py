"""Tells what changed in Discord's OpenAPI description since somebody last went through it.

    python -m tools.discord_spec compare            what differs, as Markdown; exit status 1 when anything does
    python -m tools.discord_spec accept             "this is gone through": the digests of today's description are stored
    python -m tools.discord_spec compare FILE       the same for a file instead of the published description

What was gone through is kept as one short digest for each operation and each schema (docs/discord-openapi.json), so that a report can
name what changed without carrying a megabyte along. How to go through a report: docs/discord-changes.md.
"""

import hashlib
import json
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PUBLISHED = "https://raw.githubusercontent.com/discord/discord-api-spec/main/specs/openapi.json"
"""Discord's own description: https://github.com/discord/discord-api-spec."""
SEEN = Path(__file__).parent.parent / "docs" / "discord-openapi.json"
METHODS = ("get", "put", "post", "patch", "delete")


def digests(description: Mapping[str, Any]) -> dict[str, str]:
    """One short digest for each operation ("PATCH /channels/{channel_id}"), schema and shared answer of an OpenAPI description."""
    parts = {
        f"{method.upper()} {path}": operation
        for path, operations in description["paths"].items()
        for method, operation in operations.items()
        if method in METHODS
    }
    shared = {
        f"{path} (parameters of all its methods)": operations["parameters"]
        for path, operations in description["paths"].items()
        if "parameters" in operations
    }
    for kind in ("schemas", "responses"):
        parts |= {f"{kind.removesuffix('s')} {name}": part for name, part in description["components"].get(kind, {}).items()}
    return {name: _digest(part) for name, part in sorted((parts | shared).items())}


def compare(seen: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """The lines of a report: what is new, changed and gone. Empty when the two are the same."""
    groups = {
        "New": sorted(now.keys() - seen.keys()),
        "Changed": sorted(name for name in now.keys() & seen.keys() if now[name] != seen[name]),
        "Gone": sorted(seen.keys() - now.keys()),
    }
    return [line for title, names in groups.items() if names for line in ("", f"## {title}", "", *(f"- `{name}`" for name in names))]


def _digest(part: object) -> str:
    return hashlib.sha256(json.dumps(part, sort_keys=True).encode()).hexdigest()[:12]


def _load(source: str | None) -> dict[str, Any]:
    if source is not None:
        return json.loads(Path(source).read_text(encoding="utf-8"))
    try:
        with urllib.request.urlopen(PUBLISHED, timeout=60) as answer:
            return json.load(answer)
    except (OSError, ValueError) as error:
        print(f"Discord's description could not be had from {PUBLISHED}: {error}", file=sys.stderr)
        raise SystemExit(2) from error


def main(arguments: list[str]) -> int:
    """Exit status: 0 nothing differs or accepted, 1 something differs, 2 not understood or nothing to be had."""
    match arguments:
        case ["compare" | "accept" as verb, *rest] if len(rest) < 2:
            now = digests(_load(rest[0] if rest else None))
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    if verb == "accept":
        SEEN.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
        return 0
    report = compare(json.loads(SEEN.read_text(encoding="utf-8")), now)
    print("\n".join(report).strip() or "Nothing differs.")
    return 1 if report else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
