"""Runs the steps of the Dockerfile in clean roots where there is no container engine; then serves from them.

python deploy/prove_image.py FOLDER [--lock server] [--host-config]      as root; needs debootstrap and chroot

Each stage begins with a minimal Debian in a folder of its own. RUN is a command in a chroot, COPY copies,
ENV and ARG are what they are. `--host-config` lends it the package sources and certificates of this machine.
At the end the last stage is mounted read-only, with a tmpfs for /tmp, /run and /data, and as the image's user
the server starts, its health check is run, and a turn is asked of it.
"""

import argparse
import contextlib
import json
import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent


@dataclass
class Stage:
    """One stage of the image.

    Attributes:
        root: of its file system.
        env: that its commands see.
        user: under which it runs.
        folder: in which it runs.
        entry: what starts.
        command: and its arguments.
        health: how it is checked.
    """

    root: Path
    env: dict[str, str] = field(
        default_factory=lambda: {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
    )
    user: str = "root"
    folder: str = "/"
    entry: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """Instruction and arguments; comments and continued lines are resolved."""
    joined = text.replace("\\\n", " ")
    for line in joined.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            word, _, rest = line.strip().partition(" ")
            yield word.upper(), rest.strip()


def run(*command: str | Path, **options: object) -> None:
    """Run a program that must succeed."""
    subprocess.run([str(part) for part in command], check=True, **options)  # type: ignore[call-overload]


def clean_root(root: Path, base: str, cache: Path, *, lend: bool) -> None:
    """What `FROM debian:SUITE-slim` gives."""
    suite = base.removeprefix("debian:").removesuffix("-slim")
    if not cache.exists():
        run("debootstrap", "--variant=minbase", suite, f"{cache}.new", env=dict(os.environ))
        Path(f"{cache}.new").rename(cache)
    run("cp", "-a", cache, root)
    if lend:
        for name in (
            "etc/apt/sources.list.d",
            "etc/apt/apt.conf.d",
            "etc/apt/keyrings",
            "etc/pip.conf",
            "etc/resolv.conf",
            "etc/ssl",
            "usr/local/share/ca-certificates",
        ):
            source = Path("/") / name
            if source.is_dir():
                shutil.copytree(
                    source, root / name, symlinks=False, dirs_exist_ok=True, ignore_dangling_symlinks=True
                )
            elif source.exists():
                shutil.copy(source, root / name)


def lent_environment() -> dict[str, str]:
    """This machine's ways to its package sources."""
    kept = (
        "PIP_",
        "SSL_",
        "REQUESTS_",
        "CURL_",
        "http_proxy",
        "https_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "no_proxy",
    )
    return {name: value for name, value in os.environ.items() if name.startswith(kept)}


@contextlib.contextmanager
def mounted(root: Path, lent: list[Path]) -> Iterator[None]:
    """With /proc and /dev, and what is lent read-only."""
    mounts = [root / "proc", root / "dev"]
    run("mount", "-t", "proc", "proc", root / "proc")
    run("mount", "--rbind", "/dev", root / "dev")
    run("mount", "--make-rslave", root / "dev")
    for path in lent:
        target = root / path.relative_to("/")
        target.mkdir(parents=True, exist_ok=True)
        run("mount", "--bind", path, target)
        mounts.append(target)
    try:
        yield
    finally:
        for mount in reversed(mounts):
            subprocess.run(["umount", "-lR", str(mount)], check=False)


def build(dockerfile: Path, work: Path, args: dict[str, str], *, lend: bool) -> Stage:
    """Run every instruction; the last stage."""
    stages: dict[str, Stage] = {}
    stage = Stage(work)
    lent = [Path(p) for p in os.environ.get("PIP_FIND_LINKS", "").split() if lend and Path(p).is_dir()]
    for word, rest in instructions(dockerfile.read_text()):
        print(f"{word} {rest[:110]}", flush=True)
        match word:
            case "FROM":
                base, _, name = rest.partition(" AS ")
                stage = Stage(work / (name or "final"))
                clean_root(stage.root, base, work / "base", lend=lend)
                stages[name or "final"] = stage
            case "ENV":
                stage.env |= dict(part.split("=", 1) for part in shlex.split(rest))
            case "ARG":
                key, _, value = rest.partition("=")
                stage.env[key] = args.get(key, value)
            case "COPY":
                words = shlex.split(rest)
                source = ROOT
                if words[0].startswith("--from="):
                    source = stages[words.pop(0).removeprefix("--from=")].root
                *names, target = words
                there = stage.root / target.lstrip("/")
                there.parent.mkdir(parents=True, exist_ok=True)
                for name in names:
                    found = source / name.lstrip("/")
                    if found.is_dir():
                        shutil.copytree(
                            found,
                            there,
                            symlinks=True,
                            dirs_exist_ok=True,
                            ignore=shutil.ignore_patterns("__pycache__"),
                        )
                    else:
                        there.mkdir(parents=True, exist_ok=True) if target.endswith("/") else None
                        shutil.copy(found, there)
            case "RUN":
                env = stage.env | (lent_environment() if lend else {})
                with mounted(stage.root, lent):
                    run("chroot", stage.root, "/bin/sh", "-c", rest, env=env)
            case "USER":
                stage.user = rest
            case "WORKDIR":
                stage.folder = rest
            case "ENTRYPOINT":
                stage.entry = json.loads(rest)
            case "CMD":
                stage.command = json.loads(rest)
            case "HEALTHCHECK":
                stage.health = json.loads(rest.split(" CMD ", 1)[1])
            case "VOLUME" | "EXPOSE" | "STOPSIGNAL":
                pass
            case _:
                raise SystemExit(f"unknown instruction {word}")
    return stage


def serve(stage: Stage, port: int) -> None:
    """Start what the image starts, on a read-only root as its own user, and ask it the time."""
    root = stage.root
    run("mount", "--bind", root, root)
    try:
        for place, options in (
            ("tmp", "mode=1777,size=64m"),
            ("run", "mode=755,size=16m"),
            ("data", "mode=700,size=512m"),
        ):
            run("mount", "-t", "tmpfs", "-o", options, "tmpfs", root / place)
        run("chroot", root, "chown", f"{stage.user}:{stage.user}", "/data")
        run("chroot", root, "install", "-d", "-o", stage.user, "-m", "700", "/run/hive-mind")
        run("mount", "-o", "remount,ro,bind", root)
        with mounted_proc(root):
            talk(stage, port)
    finally:
        for place in ("data", "run", "tmp", ""):
            subprocess.run(["umount", "-l", str(root / place)], check=False)


@contextlib.contextmanager
def mounted_proc(root: Path) -> Iterator[None]:
    """With /proc and the devices that every container has."""
    run("mount", "-t", "proc", "proc", root / "proc")
    run("mount", "--bind", "/dev", root / "dev")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(root / "dev"), str(root / "proc")], check=False)


def talk(stage: Stage, port: int) -> None:
    """See `serve`."""
    env = stage.env | {
        "HIVE_MIND_PORT": str(port),
        "HIVE_MIND_LLM_ENGINE": "none",
        "XDG_RUNTIME_DIR": "/run/hive-mind",
    }
    env["HIVE_MIND_HOST"] = "127.0.0.1"
    inside = ["chroot", f"--userspec={stage.user}:{stage.user}", str(stage.root)]
    begun = time.monotonic()
    server = subprocess.Popen([*inside, *stage.entry, *stage.command], env=env, stdout=subprocess.DEVNULL)
    try:
        while (checked := subprocess.run([*inside, *stage.health], env=env, capture_output=True)).returncode:
            if time.monotonic() - begun > 120 or server.poll() is not None:
                raise SystemExit(f"the image is not healthy: {checked.stderr.decode()[-300:]}")
            time.sleep(0.3)
        print(f"healthy after {time.monotonic() - begun:.1f} s: {checked.stdout.decode().strip()}")
        asked = subprocess.run(
            [*inside, *stage.entry, "ask", "--server", f"ws://127.0.0.1:{port}/ws", "Quelle heure est-il ?"],
            env=env,
            capture_output=True,
        )
        print("asked the time:", asked.stdout.decode().strip(), asked.stderr.decode().strip()[-300:])
        touched = subprocess.run(
            [*inside, "/bin/sh", "-c", "touch /usr/x /opt/x /etc/x"], capture_output=True
        )
        print("root file system:", "read-only" if touched.returncode else "WRITABLE")
        who = subprocess.run([*inside, "id", "-u"], capture_output=True).stdout.decode().strip()
        print("user id:", who)
        if asked.returncode or not touched.returncode or who == "0":
            raise SystemExit("the image does not work")
    finally:
        server.terminate()
        print("stopped with", server.wait(30))


def main() -> None:
    """See above."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lock", default="home")
    parser.add_argument("--port", type=int, default=18080)
    parser.add_argument("--host-config", action="store_true")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    for stage in ("build", "final"):
        shutil.rmtree(asked.folder / stage, ignore_errors=True)
    last = build(HERE / "Dockerfile", asked.folder, {"LOCK": asked.lock}, lend=asked.host_config)
    size = subprocess.run(["du", "-sm", str(last.root)], capture_output=True, check=True).stdout.split()[0]
    print(f"the last stage has {size.decode()} MiB")
    serve(last, asked.port)


if __name__ == "__main__":
    main()
