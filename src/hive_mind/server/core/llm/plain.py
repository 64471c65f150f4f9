"""From what a model writes to what can be said: one paragraph without markup, ended in time. Pure."""

import re
import unicodedata

SOFT_END = 280
"""Characters after which an answer ends with its sentence: 20 s of speech."""

_MARKUP = str.maketrans(dict.fromkeys("*`#_~|<>", ""))
_LIST = re.compile(r"\n\s*(?:[-•*+]|\d+[.)])\s")
_SENTENCE_END = re.compile(r"[.!?…](?=\s|$)")
_UNSURE = re.compile(r"(?:\n\s*(?:\d{1,2}[.)]?|[-•*+])?|(?<!`)`{1,2})$")
"""The end of a piece that may turn out to begin a list or a block of code: what follows is waited for."""


class PlainText:
    """Takes pieces of a model's text, gives pieces that can be said; `done` tells when enough is said."""

    def __init__(self) -> None:
        self.done = False
        self._raw = "\n"
        self._said = ""
        self._listing = False

    @property
    def said(self) -> str:
        """All that was given so far."""
        return self._said

    def feed(self, piece: str) -> str:
        """Take a piece; answer what can be said of it now, perhaps nothing."""
        if self.done:
            return ""
        self._raw += piece
        unsure = _UNSURE.search(self._raw)
        cut = unsure.start() if unsure else len(self._raw)
        ready, self._raw = self._raw[:cut], self._raw[cut:]
        return self._say(ready)

    def flush(self) -> str:
        """The model has ended: answer what is left."""
        rest, self._raw = self._raw, ""
        said = "" if self.done else self._say(rest)
        self.done = True
        return said

    def _without_list(self, text: str) -> str:
        """A list is read as sentences where it is the answer; after a complete answer it is left out."""
        found = _LIST.search(text)
        if found is None:
            return text
        before = (self._said + text[: found.start()]).rstrip()
        self._listing = self._listing or not before or before.endswith(":")
        if self._listing:
            return _LIST.sub(" ", text)
        self.done = True
        return text[: found.start()]

    def _say(self, text: str) -> str:
        if "```" in text:
            text = text[: text.index("```")]
            self.done = True
        text = self._without_list(text)
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
