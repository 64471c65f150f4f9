"""The process in which llama.cpp lives; `llamacpp.py` starts it.

llama.cpp holds Python's lock while it loads, seconds in which a server in the same process would be deaf,
and a crash or an out-of-memory kill would take the server along. So it gets a process of its own, and is
asked through its own chat API on a private socket.

Reads one line of JSON from standard input (`WorkerOrder`), writes one line with where it listens, and ends
when standard input does: it never outlives its server.
"""

import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

BATCH_TOKENS = 128
"""Tokens read at once: reading a prompt can be stopped between two batches (0.5 s or so)."""

KEPT_MIB = 192
"""Memory for what the slot does not hold: the beginning in which tools are chosen, or that of the
conversation. A thousand tokens of a 1.5B model take 28 MiB."""


@dataclass(frozen=True, slots=True)
class WorkerOrder:
    """What to run.

    Attributes:
        model: GGUF file.
        listen: path of a Unix socket (ending in `.sock`), or a loopback address.
        api_key: without it, questions are refused.
        threads: CPU threads.
        context_tokens: size of the window.
        slots: folder in which what was read may be saved; none when empty.
    """

    model: str
    listen: str
    api_key: str
    threads: int
    context_tokens: int
    slots: str = ""

    def to_line(self) -> bytes:
        """As the worker reads it."""
        return json.dumps(asdict(self)).encode() + b"\n"


def main() -> int:
    """Load the model, listen, and wait for the end of standard input."""
    order = WorkerOrder(**json.loads(sys.stdin.readline()))
    # What is created here, the socket and saved slots, is for this user alone.
    os.umask(0o077)
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = order.model
    params.n_ctx = order.context_tokens
    params.n_parallel = 1
    params.n_batch = params.n_ubatch = BATCH_TOKENS
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = order.threads
    params.n_gpu_layers = 0
    params.cache_prompt = True
    params.cache_ram_mib = KEPT_MIB
    params.n_threads_http = 4
    params.verbosity = 0
    params.ui = False
    params.endpoint_slots = False
    if order.slots:
        params.slot_save_path = f"{order.slots}{os.sep}"
    params.hostnames = [order.listen]
    params.api_keys = [order.api_key]
    Path(order.listen).unlink(missing_ok=True)
    try:
        server = xllamacpp.Server(params)
    except RuntimeError as error:
        sys.stdout.write(json.dumps({"error": str(error)}) + "\n")
        return 1
    sys.stdout.write(json.dumps({"address": server.listening_address}) + "\n")
    sys.stdout.flush()
    sys.stdin.buffer.read()
    Path(order.listen).unlink(missing_ok=True)
    # An orderly end would wait for the answer that is being generated, for nobody.
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
