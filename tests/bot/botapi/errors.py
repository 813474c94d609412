"""The refusals of the Bot API, with its own codes and wording."""

from __future__ import annotations

from typing import Any

_PREFIXES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    413: "Request Entity Too Large",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"


class ApiError(Exception):
    """
    What the Bot API answers instead of a result.

    parameters  retry_after (seconds) or migrate_to_chat_id, as in the API's ResponseParameters
    planned     True when a test asked for it: it is then no fault of the bot
    """

    def __init__(self, code: int, text: str = "", *, planned: bool = False, **parameters: int) -> None:
        if code == 429 and not text:
            text = f"retry after {parameters.get('retry_after', 1)}"
        prefix = _PREFIXES.get(code, "Error")
        self.description = f"{prefix}: {text}" if text else prefix
        super().__init__(f"{code} {self.description}")
        self.code = code
        self.parameters = parameters
        self.planned = planned

    def body(self) -> dict[str, Any]:
        """Return the JSON body of the response."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad_request(text: str) -> ApiError:
    """Return the 400 with `text` after "Bad Request: "."""
    return ApiError(400, text)
