"""Discord's errors as values: status, JSON error code, message, and the field errors of 50035."""

from typing import Any


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
    codes = {
        "Application": 10002, "Channel": 10003, "Guild": 10004, "Member": 10007, "Message": 10008, "Role": 10011,
        "User": 10013, "Emoji": 10014, "Webhook": 10015, "Interaction": 10062, "application command": 10063,
        "Application Command Permissions": 10066,
    }  # fmt: skip
    return ApiError(404, codes[what], f"Unknown {what}")


MISSING_ACCESS = ApiError(403, 50001, "Missing Access")
MISSING_PERMISSIONS = ApiError(403, 50013, "Missing Permissions")
ALREADY_ACKNOWLEDGED = ApiError(400, 40060, "Interaction has already been acknowledged.")
INVALID_WEBHOOK_TOKEN = ApiError(401, 50027, "Invalid Webhook Token")
INVALID_ROLE = ApiError(400, 50028, "Invalid Role")
TWO_FACTOR_REQUIRED = ApiError(403, 60003, "Two factor is required for this operation")


def invalid_form(errors: dict[str, Any]) -> ApiError:
    """400 with the code 50035; `errors` nests field names down to `{"_errors": [{"code": …, "message": …}]}`."""
    return ApiError(400, 50035, "Invalid Form Body", errors)
