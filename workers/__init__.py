"""The Celery workers: scoring and callbacks. They may import `moderation`, never the reverse."""
