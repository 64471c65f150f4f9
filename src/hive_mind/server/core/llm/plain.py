"""From what a model writes to what can be said: one paragraph without markup, ended in time. Pure."""

import re
import unicodedata

SOFT_END = 280
"""Characters after which an answer ends with its sentence: 20 s of speech."""

_MARKUP = str.maketrans(dict.fromkeys("*`#_~|<>", ""))
_LIST = re.compile(r"\n\s*(?:[-•*+]|\d+[.)])\s")
_SENTENCE_END = re.compile(r"[.!?…](?=\s|$)")
_HOLD = 8


class PlainText:
    """Takes pieces of a model's text, gives pieces that can be said; `done` tells when enough is said."""

    def __init__(self) -> None:
        self.done = False
        self._raw = ""
        self._said = ""
        self._items = 0

    @property
    def said(self) -> str:
        """All that was given so far."""
        return self._said

    def feed(self, piece: str) -> str:
        """Take a piece; answer what can be said of it now, perhaps nothing."""
        if self.done:
            return ""
        self._raw += piece
        # A line break may turn out to begin a list: wait for what follows it.
        cut = self._raw.rfind("\n")
        if cut >= 0 and len(self._raw) - cut < _HOLD:
            ready, self._raw = self._raw[:cut], self._raw[cut:]
        else:
            ready, self._raw = self._raw, ""
        return self._say(ready)

    def flush(self) -> str:
        """The model has ended: answer what is left."""
        rest, self._raw = self._raw, ""
        said = "" if self.done else self._say(rest)
        self.done = True
        return said

    def _say(self, text: str) -> str:
        if found := _LIST.search(text):
            # A list is read as a sentence only if it is all there is to say.
            if _SENTENCE_END.search(self._said + text[: found.start()]):
                text = text[: found.start()]
                self.done = True
            else:
                text = _LIST.sub(" ", text)
        text = "".join(
            c
            for c in text.translate(_MARKUP)
            if unicodedata.category(c) not in {"So", "Sk", "Cs", "Co", "Cf"} or c == "°"
        )
        text = re.sub(r"\s+", " ", text)
        if not self._said or self._said.endswith(" "):
            text = text.lstrip(" ")
        if len(self._said) + len(text) > SOFT_END:
            over = max(0, SOFT_END - len(self._said))
            if end := _SENTENCE_END.search(text, over):
                text = text[: end.end()]
                self.done = True
        self._said += text
        return text
