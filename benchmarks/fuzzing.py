"""Frames that no client should send: valid ones, bent as attackers and broken programs bend them."""

import json
import random
from collections.abc import Callable
from importlib.resources import files
from typing import Any, TypeAlias

from hive_mind.protocol.codec import CLIENT_MESSAGES

Frame: TypeAlias = str | bytes

STRANGE: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**63, -(2**64), 10**400, 1e308, -0.0, "", "\x00", "é" * 9000,
    "../../etc/passwd", "\ud800", "<script>alert(1)</script>", "' OR 1=1 --", "{{7*7}}", "%s%n%x", [], {},
    [[]], {"": {}}, [0] * 500, "2025-13-45T99:99:99Z", "9999-12-31T23:59:59+14:00",
    "0001-01-01T00:00:00-14:00", "NaN", "\u202e", "a" * 128, "a" * 129, "\ufeff",
)  # fmt: skip
BROKEN: tuple[bytes, ...] = (
    b"", b"{", b"}", b"[]", b"null", b"NaN", b"{}", b'{"type":"hello"', b"\xff\xfe", b"\x00" * 64,
    b'{"a":1,"a":2}', b'{"type":["hello"]}', b'{"type":{"x":1}}',
    b'{"type":"voice_input","transcription":"\\ud800"}', b"[" * 3000, b'{"x":' * 200 + b"1" + b"}" * 200,
    b'{"type":"ping","last_seq":' + b"9" * 4000 + b"}", b"\xef\xbb\xbf{}", b"-", b'"',
)  # fmt: skip


def examples() -> list[str]:
    """One valid frame of every message that a client may send, and those of the specification."""
    text = (files("hive_mind.protocol.reference") / "examples.json").read_text("utf-8")
    known = json.loads(text)
    return [json.dumps(known[name], ensure_ascii=False) for name in CLIENT_MESSAGES]


class Fuzzer:
    """An endless supply of frames, the same for the same seed.

    Args:
        seed: of the randomness.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._valid = examples()
        self._ways: tuple[Callable[[], Frame], ...] = (
            self._flipped,
            self._flipped,
            self._cut,
            self._spliced,
            self._bent,
            self._bent,
            self._bent,
            self._noise,
            self._broken,
            self._voice,
            self._whole,
        )

    def frame(self) -> Frame:
        """The next one: text, or a binary frame."""
        return self._random.choice(self._ways)()

    def _pick(self) -> str:
        return self._random.choice(self._valid)

    def _whole(self) -> Frame:
        return self._pick()

    def _flipped(self) -> Frame:
        data = bytearray(self._pick().encode())
        for _ in range(self._random.randint(1, 4)):
            data[self._random.randrange(len(data))] = self._random.randrange(256)
        return _text(bytes(data))

    def _cut(self) -> Frame:
        data = self._pick().encode()
        return _text(data[: self._random.randrange(len(data))])

    def _spliced(self) -> Frame:
        one, other = self._pick().encode(), self._pick().encode()
        return _text(one[: self._random.randrange(len(one))] + other[self._random.randrange(len(other)) :])

    def _bent(self) -> Frame:
        """Valid JSON of the right type, with a field that is not."""
        fields = json.loads(self._pick())
        name = self._random.choice(list(fields))
        if self._random.random() < 0.2:
            del fields[name]
        else:
            fields[name if self._random.random() < 0.9 else "x" * 70] = self._random.choice(STRANGE)
        try:
            return json.dumps(fields)
        except ValueError:  # an integer with too many digits for Python to write
            return json.dumps({**fields, name: 0})

    def _noise(self) -> Frame:
        return _text(self._random.randbytes(self._random.randrange(200)))

    def _broken(self) -> Frame:
        return _text(self._random.choice(BROKEN))

    def _voice(self) -> Frame:
        return self._random.randbytes(self._random.choice((0, 1, 2, 319, 320, 3200, 3201)))


def _text(data: bytes) -> str:
    """As a text frame: WebSocket libraries refuse what is not UTF-8 before we see it."""
    return data.decode("utf-8", "surrogateescape" if len(data) % 7 == 0 else "replace")
