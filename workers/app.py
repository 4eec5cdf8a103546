"""Celery as the service uses it: JSON only, no results kept, one message wakes a worker for many comments.

Run as `moderation worker`, which starts `celery -A workers.app worker` with the queues of its role.
Messages are hints: tasks acknowledge early, and what a lost one would have done the sweep finds.
"""

import os
import signal

from celery import Celery
from celery.signals import setup_logging, worker_process_init, worker_ready, worker_shutdown, worker_shutting_down

from moderation.logs import configure_logs
from moderation.queue import TASKS, TRANSPORT_OPTIONS, Bell, Queue
from moderation.settings import get_settings
from workers import courier, glances, process, pupil, watchdog

SWEEP = "workers.tasks.sweep"
TIDY = "workers.tasks.tidy"
TIDY_SECONDS = 3600.0
LOADING_SECONDS = 300.0
"""A scoring process that has not loaded its models by then is replaced; Celery's 4 s are too short for that."""
TASK_SECONDS = 120
"""A scoring process that is busy with one batch for so long hangs: it is killed, and another takes its place."""

settings = get_settings()
app = Celery("workers", broker=settings.redis, include=["workers.tasks"])
app.conf.update(
    accept_content=["json"],
    task_serializer="json",
    task_ignore_result=True,
    task_default_queue=Bell.COURIER.value,
    task_routes={name: {"queue": bell.value} for bell, name in TASKS.items()},
    task_create_missing_queues=True,
    task_time_limit=TASK_SECONDS,
    worker_proc_alive_timeout=LOADING_SECONDS,
    worker_prefetch_multiplier=1,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_send_task_events=False,
    worker_enable_remote_control=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_transport_options=TRANSPORT_OPTIONS,
    timezone="UTC",
    beat_schedule={
        "sweep": {"task": SWEEP, "schedule": settings.sweep_seconds, "options": {"expires": 30}},
        "tidy": {"task": TIDY, "schedule": TIDY_SECONDS, "options": {"expires": 600}},
    },
)


@setup_logging.connect
def _log_as_the_service_does(**_: object) -> None:
    """Replace Celery's logging, which could print task arguments."""
    configure_logs(settings.log_level)


@worker_process_init.connect
def _start_scoring(**_: object) -> None:
    """Load the models in each scoring process before its first comment; without them the worker must end."""
    try:
        process.start_scoring()
        glances.start(process.current())
    except Exception:
        os.kill(os.getppid(), signal.SIGTERM)
        raise


@worker_ready.connect
def _start_courier(sender: object, **_: object) -> None:
    """Start what a courier needs, whose threads share one process, and watch that the worker makes progress."""
    is_courier = _is_courier(getattr(sender, "hostname", ""))
    if is_courier:
        process.start_courier()
        courier.current()
    bells = (Bell.COURIER, Bell.LEARNING) if is_courier else (Bell.INTERACTIVE, Bell.SCORING)
    watchdog.start(Queue(settings.redis), bells)


@worker_shutting_down.connect
def _begin_to_stop_courier(sender: object, **_: object) -> None:
    """Let the running task end."""
    if _is_courier(sender):
        courier.current().begin_to_stop()
        pupil.current().stop()


@worker_shutdown.connect
def _stop_courier(sender: object, **_: object) -> None:
    """Wait a little for what is on its way."""
    if _is_courier(getattr(sender, "hostname", "")):
        courier.current().stop()


def _is_courier(name: object) -> bool:
    return str(name).startswith("courier@")
