"""An answer on its way to the client: pieces in order, exactly one last one."""

from collections.abc import Callable

from hive_mind.protocol.messages import ResponseChunk, ServerMessage


class Saying:
    """See above.

    Args:
        send: takes messages to the client.
        turn_id: of the turn.
        utterance_id: of the question, if it had one.
        on_first: called before the first piece that is part of the answer; let go of then, and at the end, so
            that the turn behind it needs no garbage collector, which holds everybody up.
    """

    def __init__(
        self,
        send: Callable[[ServerMessage], None],
        turn_id: str,
        utterance_id: str | None,
        on_first: Callable[[], None] = lambda: None,
    ) -> None:
        self.text = ""
        """What was said, without what only filled the silence."""
        self.over = False
        self._send = send
        self._turn_id = turn_id
        self._utterance_id = utterance_id
        self._on_first = on_first
        self._chunks = 0

    def give(self, piece: str) -> None:
        """Say a piece of the answer; nothing after the last one."""
        if not piece or self.over:
            return
        if not self.text:
            self._first()
        self.text += piece
        self._put(piece, final=False)

    def sentence(self, sentence: str) -> None:
        """Say a whole sentence, apart from what came before."""
        if sentence:
            self.give(self._apart(sentence))

    def fill(self, sentence: str) -> None:
        """Say something apart from the answer; its line ends, so that a voice need not wait for more."""
        if not self.over:
            self._put(f"{sentence}\n", final=False)

    def finish(self, sentence: str = "") -> None:
        """The answer is complete, or cut short.

        Args:
            sentence: its last words.
        """
        if not self.over:
            if sentence:
                sentence = self._apart(sentence)
                if not self.text:
                    self._first()
                self.text += sentence
            self._on_first = _nobody
            self.over = True
            self._put(sentence, final=True)

    def _first(self) -> None:
        told, self._on_first = self._on_first, _nobody
        told()

    def _apart(self, sentence: str) -> str:
        return f" {sentence}" if self.text and not self.text.endswith(" ") else sentence

    def _put(self, text: str, *, final: bool) -> None:
        self._send(
            ResponseChunk(
                content=text,
                is_final=final,
                chunk_index=self._chunks,
                turn_id=self._turn_id,
                utterance_id=self._utterance_id,
            )
        )
        self._chunks += 1


def _nobody() -> None:
    """Nobody is told."""
