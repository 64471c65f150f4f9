"""`/api/qr`: a text as the squares of a QR code, which the page draws."""

from typing import Annotated

import segno
from fastapi import APIRouter
from pydantic import BaseModel, JsonValue, StringConstraints

router = APIRouter()


class Text(BaseModel):
    """What to write."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=500)]


@router.post("/qr")
async def qr(wish: Text) -> dict[str, JsonValue]:
    """The squares: rows of "1" (dark) and "0", without a border."""
    code = segno.make(wish.text, micro=False, error="m")
    return {"size": code.symbol_size(border=0)[0], "rows": ["".join(map(str, row)) for row in code.matrix]}
