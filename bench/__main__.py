"""`make bench`: measures everything and writes .bench/table.md, table.json and latency.svg. See docs/performance.md."""

import argparse
import asyncio
import os

from bench.machine import CACHE, OTHERS, facts
from bench.parts import PARTS
from bench.picture import picture
from bench.store import Store
from bench.table import Results, markdown
from tests.conftest import own_server


async def measure(url: str, names: list[str], results: Results, rounds: int) -> None:
    """Measure these parts, in rounds in which all bots have their turns."""
    store = Store(url)
    await store.prepare()
    for number in range(rounds):
        for name in names:
            for kind in PARTS[name].kinds if number < PARTS[name].rounds else ():
                with results.judging(f"{name} {kind}"):
                    await PARTS[name].measure(store, results, kind)


def main() -> None:
    """Read the arguments, start a database, measure, and write the table and the picture."""
    described = "; ".join(f"{name}: {part.measure.__doc__}" for name, part in PARTS.items())
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__, epilog=f"The parts are {described}.")
    parser.add_argument("part", nargs="*", default=list(PARTS), help="only these, added to what was measured of the same commit before")
    parser.add_argument("--rounds", type=int, default=3, help="how often what is short is measured (3)")
    parser.add_argument("--quick", action="store_true", help="one short round on small tables, written to .bench/quick: to try the bench")
    options = parser.parse_args()
    if unknown := set(options.part) - set(PARTS):
        parser.error(f"no such part: {', '.join(unknown)}")
    results = Results(CACHE / "quick" if options.quick else CACHE, facts(), quick=options.quick, more=options.part != list(PARTS))
    os.sched_setaffinity(0, OTHERS)  # before the server starts: it stays here, too
    with own_server() as server:
        asyncio.run(measure(server.start(), options.part, results, 1 if options.quick else options.rounds))
    (results.directory / "table.md").write_text(markdown(results))
    (results.directory / "latency.svg").write_text(picture(results.found))
    print(markdown(results))


if __name__ == "__main__":
    main()
