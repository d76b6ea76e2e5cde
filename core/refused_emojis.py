"""What Discord does not take as an emoji of a component costs that emoji only, not the whole message."""

import copy
from typing import Any

INVALID_FORM = 50035


def without_refused(body: Any, refusal: Any) -> Any:
    """The body of a call without the emojis that Discord's answer to it complains of; None where it complains of none.

    The answer's `errors` nest like the body: https://docs.discord.com/developers/reference#error-messages
    """
    if not isinstance(refusal, dict) or refusal.get("code") != INVALID_FORM:
        return None
    left = copy.deepcopy(body)
    return left if _take_out(left, refusal.get("errors")) else None


def _take_out(part: Any, errors: Any) -> bool:
    """Take out every emoji under `part` that `errors` names; whether there was one."""
    if not isinstance(errors, dict):
        return False
    found = False
    for name, nested in errors.items():
        if isinstance(part, dict) and name in part:
            if name == "emoji":
                del part[name]
                found = True
            else:
                found |= _take_out(part[name], nested)
        elif isinstance(part, list) and name.isdecimal() and int(name) < len(part):
            found |= _take_out(part[int(name)], nested)
    return found
