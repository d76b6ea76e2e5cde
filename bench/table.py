"""The table: what was measured, beside what is to be reached."""

from collections.abc import Callable
from statistics import median
from typing import Any

from bench.machine import OURS, RIVALS

ROUNDS = 3
PHASES: dict[str, float | None] = {"at 50/s": 50.0, "at 200/s": 200.0, "saturated": None}
REFERENCE = "py-cord"
Results = dict[str, list[Any]]
_Row = dict[str, str]
_HEADS = ["what", OURS, *RIVALS, f"÷ {REFERENCE}", "reach", "aim"]
COMPARED: list[tuple[str, str, Callable[[Any], float], str, str, str]] = [
    ("CPU of the bot per click at 50/s (ms)", "at 50/s", lambda run: run["bot ms"], "{:.2f}", "≤ 1.5 ×", "≤ 1.0 ×"),
    ("CPU of the bot per click at 200/s (ms)", "at 200/s", lambda run: run["bot ms"], "{:.2f}", "≤ 1.4 ×", "≤ 1.0 ×"),
    ("CPU of the database per click at 50/s (ms)", "at 50/s", lambda run: run["database ms"], "{:.2f}", "", ""),
    ("done p50 at 50/s (ms)", "at 50/s", lambda run: run["done"]["p50"], "{:.2f}", "≤ 1.0 ×", "0.7 ×"),
    ("done p95 at 50/s (ms)", "at 50/s", lambda run: run["done"]["p95"], "{:.2f}", "", ""),
    ("done p50 at 200/s (ms)", "at 200/s", lambda run: run["done"]["p50"], "{:.2f}", "", ""),
    ("saturated, clicks a second", "saturated", lambda run: run["per second"], "{:.0f}", "≥ 0.7 ×", "≥ 1.0 ×"),
    ("transactions of a click", "at 50/s", lambda run: run.get("transactions", 0.0), "{:.1f}", "2", ""),
    ("REST calls of a click", "at 50/s", lambda run: run["calls"], "{:.2f}", "2", ""),
    ("audit messages per click", "at 50/s", lambda run: run["audit"], "{:.2f}", "≤ 0.1", ""),
]


def rows(found: Results) -> list[_Row]:
    """The rows of what was measured."""
    made: list[_Row] = []
    for what, phase, value, form, reach, aim in COMPARED:
        medians = {kind: median(map(value, runs)) for kind in (OURS, *RIVALS) if (runs := found.get(f"{phase} {kind}"))}
        if medians:
            cells = {kind: form.format(number) for kind, number in medians.items()}
            reference = medians.get(REFERENCE)
            ratio = f"{medians[OURS] / reference:.2f} ×" if reference and OURS in medians else ""
            made.append({"what": what, **cells, _HEADS[-3]: ratio, "reach": reach, "aim": aim})
    return made + [row for row in _alone(found) if row]


def _alone(found: Results) -> list[_Row]:
    """The rows in which nobody is compared, or only memory."""
    last = {name: runs[-1] for name, runs in found.items()}

    def row(what: str, names: list[str], text: Callable[..., str], reach: str, aim: str = "", **others: str) -> _Row:
        if not all(name in last for name in names):
            return {}
        return {"what": what, OURS: text(*(last[name] for name in names)), **others, "reach": reach, "aim": aim}

    def each(kind: str) -> str:
        one, many = last.get(f"memory 1 {kind}"), last.get(f"memory 201 {kind}")
        return f"{(many - one) / 200 * 1000:.0f}" if one and many else ""

    def middle(name: str, value: Callable[[Any], float]) -> float:
        return median(map(value, found[name]))

    def grown(_empty: Any, _large: Any) -> str:
        of: list[tuple[str, Callable[[Any], float]]] = [
            ("bot", lambda run: run["bot ms"]),
            ("database", lambda run: run["database ms"]),
            ("done p50", lambda run: run["done"]["p50"]),
        ]
        return ", ".join(f"{name} {middle('tables large', value) / middle('tables empty', value):.2f} ×" for name, value in of)

    return [
        row(
            "as shipped, 40/s", ["shipped 40"], lambda run: f"done p95 {run['done']['p95']:.0f} ms, {run['429']} × 429",
            "p95 ≤ 250 ms, 0 × 429",
        ),
        row(
            "as shipped, 60/s", ["shipped 60"],
            lambda run: f"{run['per second']:.1f}/s done, alone p95 {run['alone']['p95']:.0f} ms, {run['429']} × 429",
            "≥ 45/s, alone in 300 ms", "49/s",
        ),
        row("1,000 clicks in one server in 10 s: acknowledged p50 (ms)", ["crowd"], lambda run: f"{run['ack']['p50']:.0f}", "≤ 100"),
        row("5 M audit rows and 2 M grants against empty", ["tables empty", "tables large"], grown, "≤ 1.1 ×"),
        row(
            "idle memory, 1 server (MB)", [f"memory 1 {OURS}"], "{:.0f}".format, "≤ 75", "60",
            **{kind: f"{last[f'memory 1 {kind}']:.0f}" for kind in RIVALS if f"memory 1 {kind}" in last},
        ),
        row(
            "memory for each server of 50 roles and 60 channels (kB)", [f"memory 201 {OURS}"], lambda _: each(OURS), "≤ 25",
            **{kind: each(kind) for kind in RIVALS},
        ),
        row(
            "memory after 60,000 clicks (MB)", ["clicks 0", "clicks 30000", "clicks 60000"],
            lambda first, half, end: f"+ {half - first:.1f}, then + {end - half:.1f}", "+ 8, flat in the second half",
        ),
        row(
            "100,000 panels against 10: memory, start", ["panels 10", "panels 100000"],
            lambda few, many: f"{many['rss'] / few['rss']:.2f} ×, {many['start'] / few['start']:.2f} ×", "≤ 1.1 ×",
        ),
        row(
            "longest callback with 100,000 panels, start and 50/s (ms of CPU)", ["panels 100000"],
            lambda run: f"{run['longest ms']:.0f}", "≤ 50",
        ),
        row(
            "idle CPU with 20,000 panels (ms/s), bot and database", ["idle"],
            lambda run: f"{run['bot ms/s']:.1f}, {run['database ms/s']:.1f}", "≤ 2 and 2",
        ),
    ]  # fmt: skip


def markdown(machine: dict[str, str], void: list[str], made: list[_Row]) -> str:
    """The table with the facts of the machine above it."""
    lines = [f"- {name}: {fact}" for name, fact in machine.items()]
    lines += [f"- void: {one}" for one in void] or ["- void runs: none"]
    lines += ["", f"| {' | '.join(_HEADS)} |", f"|{'---|' * len(_HEADS)}"]
    lines += [f"| {' | '.join(row.get(head, '') for head in _HEADS)} |" for row in made]
    return "\n".join(lines) + "\n"
