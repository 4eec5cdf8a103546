"""Celery as the service uses it: JSON only, no results kept, one message wakes a worker for many comments.

Run as `moderation worker`, which starts `celery -A workers.app worker` with the queues of its role.
Messages are hints: tasks acknowledge early, and what a lost one would have done the sweep finds.
"""

from celery import Celery
from celery.signals import setup_logging, worker_process_init, worker_ready

from moderation.logs import configure_logs
from moderation.queue import TASKS, TRANSPORT_OPTIONS, Bell
from moderation.settings import get_settings
from workers import process

SWEEP = "workers.tasks.sweep"
TIDY = "workers.tasks.tidy"
TIDY_SECONDS = 3600.0

settings = get_settings()
app = Celery("workers", broker=settings.redis, include=["workers.tasks"])
app.conf.update(
    accept_content=["json"],
    task_serializer="json",
    task_ignore_result=True,
    task_default_queue=Bell.COURIER.value,
    task_routes={name: {"queue": bell.value} for bell, name in TASKS.items()},
    task_create_missing_queues=True,
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
    """Load the models in each scoring process before its first comment."""
    process.start_scoring()


@worker_ready.connect
def _start_courier(sender: object, **_: object) -> None:
    """Start what a courier needs; its threads share one process."""
    if str(getattr(sender, "hostname", "")).startswith("courier@"):
        process.start_courier()
