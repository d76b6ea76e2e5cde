"""What was measured, and the table of it beside what is to be reached."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from string import Formatter

from bench.load import Void
from bench.machine import KINDS, OURS, REFERENCE

HEADS = ("part", "what", *KINDS, f"÷ {REFERENCE}", "reach", "aim")
# The part that measures it, what it is, the medians to be told (the first one is compared), what is to be reached, and what is aimed at.
ROWS = """
speed   | CPU of the bot per click at 50/s (ms)                    | {50/s bot ms:.2f}                 | ≤ 1.5 ×        | ≤ 1.0 ×
speed   | CPU of the bot per click at 200/s (ms)                   | {200/s bot ms:.2f}                | ≤ 1.4 ×        | ≤ 1.0 ×
speed   | CPU of the database per click at 50/s (ms)               | {50/s database ms:.2f}            |                |
speed   | done at 50/s: p50 (ms)                                   | {50/s done p50:.1f}               | ≤ 1.0 ×        | 0.7 ×
speed   | done at 50/s: p95 (ms)                                   | {50/s done p95:.1f}               |                |
speed   | done at 200/s: p50 (ms)                                  | {200/s done p50:.1f}              |                |
speed   | saturated: clicks a second                               | {saturated per second:.0f}        | ≥ 0.7 ×        | ≥ 1.0 ×
panels  | statements of a click at 50/s, with all else that runs   | {few statements:.2f}              | 2              |
panels  | round trips for them                                     | {few trips:.2f}                   | 2              |
speed   | REST calls of a click                                    | {50/s calls:.2f}                  | 2              |
speed   | audit messages per click at 50/s                         | {50/s audit:.3f}                  | ≤ 0.1          |
shipped | as shipped, 200 servers, 40/s: done p95 (ms)             | {shipped 40 done p95:.0f}         | ≤ 250          |
shipped | as shipped, 40/s: calls that Discord refused             | {shipped 40 refused:.0f}          | 0              |
shipped | as shipped, 60/s: clicks done a second                   | {shipped 60 per second:.1f}       | ≥ 45           | 49
shipped | as shipped, 60/s: p95 of who is alone in a server (ms)   | {shipped 60 alone p95:.0f}        | ≤ 300          |
large   | 5 M audit rows, 2 M grants against empty: CPU of the bot | {large bot ms:.2f} ×              | ≤ 1.1 ×        |
large   | the same: CPU of the database                            | {large database ms:.2f} ×         | ≤ 1.1 ×        |
large   | the same: done p50                                       | {large done p50:.2f} ×            | ≤ 1.1 ×        |
memory  | idle memory, 1 server (MB)                               | {memory idle MB:.0f}              | ≤ 75           | 60
memory  | memory for each server of 50 roles and 60 channels (kB)  | {memory server kB:.0f}            | ≤ 25           |
panels  | 100,000 panels against 10: most memory ever              | {many peak ×:.2f} ×               | ≤ 1.1 ×        |
panels  | 100,000 panels against 10: start                         | {many start ×:.2f} ×              | ≤ 1.1 ×        |
panels  | longest callback at a start with 100,000 panels (ms)     | {many starting:.0f}               | ≤ 50           |
panels  | longest callback at 50 and 150/s (ms of CPU)             | {many clicked:.0f}                | ≤ 50           |
crowd   | 1,000 clicks in a server in 10 s: acknowledged p50 (ms)  | {crowd ack p50:.0f}               | ≤ 100          |
crowd   | the same: kept                                           | {crowd kept:.0f} of {crowd clicks:.0f} | 870       |
clicks  | memory after 60,000 clicks (MB)                          | {clicks all:+.1f}                 | + 8            |
clicks  | of it in the second half                                 | {clicks second half:+.1f}         | 0              |
idle    | idle CPU with 20,000 panels (ms/s)                       | {idle bot:.1f}                    | ≤ 2            |
idle    | the same: the database's                                 | {idle database:.1f}               | ≤ 2            |
waits   | a 429 of half a second for each of ten: all told (s)     | {waits limited:.2f}               | ≤ 0.7          |
waits   | a 500 for each of ten: all told (s)                      | {waits failed:.2f}                |                | 0.25
waits   | ten role calls of 4 s: all told (s)                      | {waits slow:.2f}                  |                | 4
waits   | 30 clicks in 3 s where 10 in 10 s are taken: all told (s) | {waits thirty:.2f}               |                | 20
"""


class Results:
    """Keeps what was measured in a directory. `quick`: everything is to be short and small. `more`: add to what is there of this commit."""

    def __init__(self, directory: Path, machine: dict[str, str], *, quick: bool, more: bool) -> None:
        self.machine, self.directory, self.quick = machine, directory, quick
        self.found: dict[str, dict[str, list[float]]] = {}
        self.void: list[str] = []
        directory.mkdir(parents=True, exist_ok=True)
        if more and (file := directory / "table.json").exists():
            before = json.loads(file.read_text())
            if before["machine"]["commit"] == machine["commit"]:
                self.found, self.void = before["found"], before["void"]

    def seconds(self, usual: float) -> float:
        """How long to measure."""
        return usual / 4 if self.quick else usual

    def many(self, usual: int) -> int:
        """How much of something to make."""
        return usual // 20 if self.quick else usual

    def note(self, kind: str, prefix: str, values: dict[str, float]) -> None:
        """Keep the numbers of one round, at once: who interrupts the bench loses nothing."""
        for name, value in values.items():
            self.found.setdefault(kind, {}).setdefault(f"{prefix} {name}", []).append(value)
        self.write()
        print(f"{kind}: {prefix} {', '.join(f'{name} {value:.4g}' for name, value in values.items())}", flush=True)

    @contextmanager
    def judging(self, what: str) -> Iterator[None]:
        """Around a run: if it is void, nothing of it counts, and it is told."""
        try:
            yield
        except Void as error:
            self.void.append(f"{what}: {error}")
            print(f"VOID {self.void[-1]}", flush=True)

    def write(self) -> None:
        """Write everything down as JSON."""
        everything = {"machine": self.machine, "void": self.void, "rows": list(rows(self)), "found": self.found}
        (self.directory / "table.json").write_text(json.dumps(everything, indent=1))


def rows(results: Results) -> Iterator[dict[str, str]]:
    """The rows of what was measured."""
    medians = {kind: {name: median(values) for name, values in results.found.get(kind, {}).items()} for kind in KINDS}
    for line in ROWS.strip().splitlines():
        part, what, form, reach, aim = (cell.strip() for cell in line.split("|"))
        names = [name for _, name, _, _ in Formatter().parse(form) if name]
        cells = {kind: form.format_map(found) for kind, found in medians.items() if found.get(names[0]) is not None}
        ours, reference = (medians[kind].get(names[0]) for kind in (OURS, REFERENCE))
        ratio = {f"÷ {REFERENCE}": f"{ours / reference:.2f} ×"} if ours is not None and reference else {}
        yield {"part": part, "what": what, **cells, **ratio, "reach": reach, "aim": aim}


def markdown(results: Results) -> str:
    """The table with the facts of the machine above it."""
    others = sorted(
        value for kind in results.found.values() for name, values in kind.items() if name.endswith("others") for value in values
    )
    lines = [f"- {name}: {fact}" for name, fact in results.machine.items()]
    if others:
        lines.append(f"- processors that other work took meanwhile: {median(others):.2f} in the median run, {others[-1]:.2f} in the worst")
    lines += [f"- void: {one}" for one in results.void] or ["- void runs: none"]
    lines += ["", f"| {' | '.join(HEADS)} |", f"|{'---|' * len(HEADS)}"]
    lines += [f"| {' | '.join(row.get(head, '') for head in HEADS)} |" for row in rows(results)]
    return "\n".join(lines) + "\n"
