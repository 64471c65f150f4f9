"""What the log of Redis tells of a file that was cut off."""

from pathlib import Path

from hive_mind.cli.part_checks import check_redis_file
from hive_mind.server.core.redis_mending import MOST_BYTES_OF_LOG, Cut, cuts

OLD = "1:M 02 Jan 2026 03:04:05.006 # !!! Truncating the AOF at offset 2483 !!!\n"  # Redis 6
NEW = (
    "1:M 03 Feb 2026 07:08:09.010 # !!! Truncating the AOF appendonly.aof.1.incr.aof at offset 77 !!!\n"  # 7
)
OTHER = "1:M 02 Jan 2026 03:04:05.006 # Server initialized\n"


def test_each_cut_is_found_as_both_versions_write_it(tmp_path: Path) -> None:
    (tmp_path / "redis.log").write_text(OTHER + OLD + OTHER + NEW)
    found = [Cut("02 Jan 2026 03:04:05", 2483), Cut("03 Feb 2026 07:08:09", 77)]
    assert cuts(tmp_path) == found
    assert cuts(tmp_path, len(OTHER + OLD)) == found[1:]
    assert cuts(tmp_path, len(OTHER + OLD + OTHER + NEW)) == []


def test_of_a_long_log_the_end_is_read(tmp_path: Path) -> None:
    (tmp_path / "redis.log").write_text(OLD + OTHER * (MOST_BYTES_OF_LOG // len(OTHER)) + NEW)
    assert [cut.offset for cut in cuts(tmp_path)] == [77]


def test_the_doctor_tells_what_happened_to_the_file(tmp_path: Path) -> None:
    assert list(check_redis_file(tmp_path)) == []
    (tmp_path / "redis.log").write_text(OLD + NEW)
    (tmp_path / "appendonly.aof.damaged-1764000000").write_text("")
    cut, mended = check_redis_file(tmp_path)
    assert cut.level == mended.level == "warning"
    assert "03 Feb 2026" in cut.found and "lost" in cut.found and "restore" in cut.advice
    assert "appendonly.aof.damaged-1764000000" in mended.found
