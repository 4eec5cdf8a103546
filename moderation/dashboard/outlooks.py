"""What a changed policy would have done, with the comments that it names, for pages that show it before it is saved."""

from datetime import datetime

from moderation.dashboard.policy_show import Outlook, outlook
from moderation.preview import Preview
from moderation.records import StoredComment
from moderation.web import service

SAMPLES = 5


def with_comments(site_id: str, found: Preview, days: int, now: datetime) -> Outlook:
    """Return a preview as a page shows it, with the texts of its comments."""
    texts: dict[str, StoredComment] = {}
    for change in found.changes:
        for sample in change.samples:
            texts[sample.comment_id] = service().get(site_id, sample.comment_id)
    return outlook(found, days, now, texts)
