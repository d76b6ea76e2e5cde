"""JSON as Discord takes it: nothing that is no JSON, and no text that could not be sent back."""

import json
import re
from typing import Any

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def loads(raw: str | bytes) -> Any:
    """The value. Raises ValueError for NaN, for half of a surrogate pair, for bytes that are no UTF-8 and for what is nested too deeply."""
    text = raw if isinstance(raw, str) else raw.decode()
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
        if _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")
