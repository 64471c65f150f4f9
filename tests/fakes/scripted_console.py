"""A person at the wizard's terminal, who answers from a script and forgets nothing that was said."""

from collections.abc import Callable, Sequence


class ScriptedConsole:
    """A `Console` (see `cli.setup.console`).

    Args:
        answers: to the questions in order: a text, the number or a part of an option, or yes and no.
    """

    def __init__(self, *answers: str | int | bool) -> None:
        self.said: list[str] = []
        self.levels: list[float] = []
        self._answers = list(answers)

    @property
    def all_said(self) -> str:
        """Everything that the person read."""
        return "\n".join(self.said)

    def say(self, text: str) -> None:
        """Read it."""
        self.said.append(text)

    def ask(self, question: str, default: str = "") -> str:
        """A text; the empty one takes the default."""
        answer = self._next(question)
        assert isinstance(answer, str), (question, answer)
        return answer or default

    def choose(self, question: str, options: Sequence[str], default: int = 0) -> int:
        """An index, or the first option that holds a text; the empty one takes the default."""
        answer = self._next(question)
        self.said.extend(options)
        if isinstance(answer, int):
            return answer
        return next(i for i, option in enumerate(options) if answer in option) if answer else default

    def confirm(self, question: str, *, default: bool = True) -> bool:
        """Yes or no."""
        answer = self._next(question)
        assert isinstance(answer, bool), (question, answer)
        return answer

    def meter(self, seconds: float, level: Callable[[], float]) -> None:
        """Look once."""
        self.levels.append(level())

    def done(self) -> bool:
        """Whether every answer was wanted."""
        return not self._answers

    def _next(self, question: str) -> str | int | bool:
        self.said.append(question)
        assert self._answers, f"nobody expected: {question}"
        return self._answers.pop(0)
