"""A picture of latency against rate, as SVG."""

from math import log10
from statistics import median
from typing import Any

COLOURS = ("#5865f2", "#e67e22", "#2ecc71", "#9b59b6", "#7f8c8d")
WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 760, 420, 60, 50, 40, 20
FASTEST = 700.0  # clicks a second at the right edge
LEAST, MOST = 1.0, 10_000.0  # ms, on a logarithmic scale


def picture(found: dict[str, list[Any]], kinds: list[str]) -> str:
    """Half of the clicks are done within the full line, 95 % within the dashed one."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        _text(WIDTH / 2, 20, "From the click to the changed role and the answer (full: half of the clicks, dashed: 95 %)"),
        _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, "clicks a second"),
    ]
    for ms in (1, 10, 100, 1_000, 10_000):
        parts += [_line([(LEFT, _y(ms)), (WIDTH - RIGHT, _y(ms))], "#dddddd"), _text(LEFT - 8, _y(ms) + 4, f"{ms:,} ms", "end")]
    parts += [_text(_x(rate), HEIGHT - BOTTOM + 18, str(rate)) for rate in range(0, int(FASTEST) + 1, 100)]
    for number, kind in enumerate(kinds):
        colour = COLOURS[number % len(COLOURS)]
        measured = sorted(
            (float(name.split()[1]), runs) for name, runs in found.items() if name.startswith("curve ") and name.endswith(f" {kind}")
        )
        for share, dashes in (("p50", ""), ("p95", "5 4")):
            points = [(_x(rate), _y(median(run["done"][share] for run in runs))) for rate, runs in measured]
            parts.append(_line(points, colour, dashes, 2))
        parts += [_line([(LEFT + 12, 52 + 16 * number), (LEFT + 36, 52 + 16 * number)], colour, "", 2)]
        parts += [_text(LEFT + 42, 56 + 16 * number, kind, "start")]
    return "\n".join([*parts, "</svg>", ""])


def _x(rate: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * rate / FASTEST


def _y(ms: float) -> float:
    share = log10(min(max(ms, LEAST), MOST) / LEAST) / log10(MOST / LEAST)
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * share


def _line(points: list[tuple[float, float]], colour: str, dashes: str = "", width: int = 1) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-dasharray="{dashes}"/>'


def _text(x: float, y: float, text: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'
