"""A picture of latency against rate, as SVG."""

from math import log10
from statistics import median

from bench.machine import KINDS
from bench.parts import CURVE

COLOURS = dict(zip(KINDS, ("#5865f2", "#e67e22", "#2ecc71", "#9b59b6", "#7f8c8d"), strict=True))
LEFT, RIGHT, TOP, BOTTOM = 70, 740, 40, 370
FASTEST = 700  # clicks a second at the right edge
LEAST, MOST = 1, 10_000  # ms, on a logarithmic scale


def picture(found: dict[str, dict[str, list[float]]]) -> str:
    """Half of the clicks are done within the full line, 95 % within the dashed one."""
    title = "From the click to the changed role and the answer (full: half of the clicks, dashed: 95 %)"
    parts = [_text(400, 20, title), _text(400, BOTTOM + 38, "clicks a second")]
    for ms in (1, 10, 100, 1_000, 10_000):
        parts += [_line([_at(0, ms), _at(FASTEST, ms)], "#dddddd"), _text(LEFT - 8, _at(0, ms)[1] + 4, f"{ms:,} ms", "end")]
    parts += [_text(_at(rate, LEAST)[0], BOTTOM + 18, str(rate)) for rate in range(0, FASTEST + 1, 100)]
    for number, (kind, colour) in enumerate(COLOURS.items()):
        for share, dashes in (("p50", ""), ("p95", "5 4")):
            measured = {rate: found.get(kind, {}).get(f"curve {rate} done {share}") for rate in CURVE}
            parts.append(_line([_at(rate, median(values)) for rate, values in measured.items() if values], colour, dashes, 2))
        x, y = RIGHT - 110, BOTTOM - 90 + 16 * number
        parts += [_line([(x, y), (x + 24, y)], colour, "", 2), _text(x + 30, y + 4, kind, "start")]
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 420" font-family="sans-serif" font-size="12">'
    return "\n".join([head, '<rect width="760" height="420" fill="white"/>', *parts, "</svg>", ""])


def _at(rate: float, ms: float) -> tuple[float, float]:
    share = log10(min(max(ms, LEAST), MOST) / LEAST) / log10(MOST / LEAST)
    return LEFT + (RIGHT - LEFT) * rate / FASTEST, BOTTOM - (BOTTOM - TOP) * share


def _line(points: list[tuple[float, float]], colour: str, dashes: str = "", width: int = 1) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}" stroke-dasharray="{dashes}"/>'


def _text(x: float, y: float, text: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'
