"""What is said while an answer takes long."""

from hive_mind.language.meanwhile import is_filler


def test_what_fills_the_silence_is_no_part_of_the_answer() -> None:
    assert is_filler("Je regarde.\n") and is_filler("Je réfléchis.\n")
    assert not is_filler("Je regarde.") and not is_filler("Un vers,\n")
