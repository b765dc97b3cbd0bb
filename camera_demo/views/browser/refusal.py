"""How requests are refused."""

from __future__ import annotations

from starlette.exceptions import HTTPException


class RefusalError(HTTPException):
    """A request that is not served.

    Args:
        status: The HTTP status.
        problem: What is wrong with it.
        remedy: What is wanted.
        retry_after: Whole seconds after which it may be sent again, where waiting helps.
    """

    def __init__(self, status: int, problem: str, remedy: str, *, retry_after: int | None = None) -> None:
        headers = None if retry_after is None else {"Retry-After": str(retry_after)}
        super().__init__(status, problem, headers)
        self.remedy = remedy
