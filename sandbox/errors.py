"""Discord's errors as values: status, JSON error code, message, and the field errors of 50035."""

from typing import Any

_UNKNOWN = {
    "Application": 10002,
    "Invite": 10006, "Channel": 10003, "Guild": 10004, "Member": 10007, "Message": 10008, "Permission Overwrite": 10009,
    "Role": 10011, "User": 10013, "Emoji": 10014, "Webhook": 10015, "Ban": 10026, "Interaction": 10062, "application command": 10063,
    "Application Command Permissions": 10066,
}  # fmt: skip


class ApiError(Exception):
    """A refusal as Discord gives it. `errors` is the nested object of 50035 (https://docs.discord.com/developers/reference#error-messages)."""

    def __init__(self, status: int, code: int, message: str, errors: dict[str, Any] | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.message, self.errors = status, code, message, errors

    def body(self) -> dict[str, Any]:
        """The JSON body that Discord answers with."""
        out: dict[str, Any] = {"message": self.message, "code": self.code}
        if self.errors:
            out["errors"] = self.errors
        return out


def unknown(what: str) -> ApiError:
    """404 for a thing that is not there, for example `unknown("Role")`."""
    return ApiError(404, _UNKNOWN[what], f"Unknown {what}")


UNAUTHORIZED = ApiError(401, 0, "401: Unauthorized")
MISSING_ACCESS = ApiError(403, 50001, "Missing Access")
MISSING_PERMISSIONS = ApiError(403, 50013, "Missing Permissions")
CANNOT_EXECUTE_ON_DM = ApiError(403, 50003, "Cannot execute action on a DM channel")
EDIT_OF_ANOTHER_USER = ApiError(403, 50005, "Cannot edit a message authored by another user")
EMPTY_MESSAGE = ApiError(400, 50006, "Cannot send an empty message")
CANNOT_SEND_TO_USER = ApiError(403, 50007, "Cannot send messages to this user")
CANNOT_SEND_IN_CHANNEL = ApiError(400, 50008, "Cannot send messages in a non-text channel")
SYSTEM_MESSAGE = ApiError(403, 50021, "Cannot execute action on a system message")
INVALID_WEBHOOK_TOKEN = ApiError(401, 50027, "Invalid Webhook Token")
INVALID_ROLE = ApiError(400, 50028, "Invalid Role")
INVALID_RECIPIENT = ApiError(400, 50033, "Invalid Recipient(s)")
INVALID_JSON = ApiError(400, 50109, "The request body contains invalid JSON.")
INVALID_API_VERSION = ApiError(400, 50041, "Invalid API version")
TOO_LARGE = ApiError(413, 40005, "Request entity too large")
ALREADY_ACKNOWLEDGED = ApiError(400, 40060, "Interaction has already been acknowledged.")
INVALID_STICKER = ApiError(400, 50081, "Invalid Sticker Sent")
NEEDS_BOOSTS = ApiError(403, 50101, "This server needs more boosts to perform this action")
NOT_IN_VOICE = ApiError(400, 40032, "Target user is not connected to voice.")
TWO_FACTOR_REQUIRED = ApiError(403, 60003, "Two factor is required for this operation")
NO_USER_AGENT = ApiError(403, 40333, "internal network error")


def field_error(code: str, message: str) -> dict[str, Any]:
    """The leaf of a 50035's `errors`."""
    return {"_errors": [{"code": code, "message": message}]}


def invalid_form(errors: dict[str, Any]) -> ApiError:
    """400 with the code 50035; `errors` nests field names down to `{"_errors": [{"code": …, "message": …}]}`."""
    return ApiError(400, 50035, "Invalid Form Body", errors)
