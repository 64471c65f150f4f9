"""Faults as HTTP answers: {"code", "message", "recoverable"}, the message in French, never what was sent."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from hive_mind.errors import HiveMindError
from hive_mind.language.messages import error_message
from hive_mind.server.logs import get_logger

STATUS = {
    "UNAUTHORISED": 401,
    "TOKEN_EXPIRED": 401,
    "TOKEN_REVOKED": 401,
    "NOT_ALLOWED": 403,
    "LOOPBACK_ONLY": 403,
    "ORIGIN_REFUSED": 403,
    "PAIRING_CODE_WRONG": 403,
    "CLIENT_UNKNOWN": 404,
    "REQUEST_UNKNOWN": 404,
    "TURN_UNKNOWN": 404,
    "NOT_FOUND": 404,
    "TOO_MANY_CLIENTS": 409,
    "FRAME_TOO_LARGE": 413,
    "INVALID_MESSAGE": 422,
    "RATE_LIMITED": 429,
    "CONTEXT_UNAVAILABLE": 503,
}
"""The others are 400."""

_BY_STATUS = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 400: "NOT_JSON"}
_WAIT_S = 10


def answer(error: HiveMindError) -> JSONResponse:
    """The answer for a fault."""
    return refusal(error.code, STATUS.get(error.code, 400), recoverable=error.retryable)


def refusal(code: str, status: int, *, recoverable: bool = False) -> JSONResponse:
    """An answer that says no."""
    headers = {"Cache-Control": "no-store"}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if status in (429, 503):
        headers["Retry-After"] = str(_WAIT_S)
    body = {"code": code, "message": error_message(code), "recoverable": recoverable}
    return JSONResponse(body, status, headers)


def answer_faults(app: FastAPI) -> None:
    """Have an application answer like this, whatever its routes raise."""

    async def foreseen(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HiveMindError)  # noqa: S101 - registered for this class
        get_logger("http").info("request refused", code=error.code, reason=error.message)
        return answer(error)

    async def malformed(_: Request, __: Exception) -> JSONResponse:
        return refusal("INVALID_MESSAGE", 422)

    async def other(_: Request, error: Exception) -> JSONResponse:
        status = error.status_code if isinstance(error, HTTPException) else 500
        said = refusal(_BY_STATUS.get(status, "INTERNAL"), status)
        if isinstance(error, HTTPException) and error.headers:
            said.headers.update(error.headers)
        return said

    app.add_exception_handler(HiveMindError, foreseen)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(HTTPException, other)
