"""Every table, as SQLAlchemy Core; `migrations/` builds the same, and a test compares the two.

Long because all tables stand side by side: foreign keys and indexes are read together.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class UtcTime(TypeDecorator[datetime]):
    """An aware moment in UTC, kept as microseconds since 1970: exact, sortable, the same on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Return what the database keeps."""
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the moment that the database kept."""
        return None if value is None else EPOCH + timedelta(microseconds=value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID = String(36)
KEY = String(64)
SERIAL = BigInteger().with_variant(Integer, "sqlite")

sites = Table(
    "sites",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("policy_version", Integer, nullable=False),
)

policies = Table(
    "policies",
    metadata,
    Column("site_id", ForeignKey("sites.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("document", JSON, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("created_by", Text, nullable=False),
    PrimaryKeyConstraint("site_id", "version"),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("prefix", String(64), primary_key=True),  # public part; for Akismet keys the hash itself
    Column("site_id", ForeignKey("sites.id"), nullable=False),
    Column("kind", String(16), nullable=False),  # native or akismet
    Column("hash", KEY, nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("revoked_at", UtcTime),
    Column("expires_at", UtcTime),  # null: never
    Column("used_at", UtcTime),  # the last time, a minute more or less
    Column("replaced_by", String(64)),  # the prefix of the key that takes its place
    Index(None, "site_id"),
)

moderators = Table(
    "moderators",
    metadata,
    Column("id", ID, primary_key=True),
    Column("site_id", ForeignKey("sites.id"), nullable=False),
    Column("email", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("role", String(16), nullable=False, server_default="owner"),  # who was there before roles is an owner
    Column("signed_in_at", UtcTime),  # the last time
    Column(
        "password_due", UtcTime
    ),  # by when a password must be changed that others have seen; null: its owner chose it
    Column("totp_sealed", Text),  # the secret of the second factor, sealed
    Column("totp_step", BigInteger),  # the last whose code was good: none is good twice
    Column("totp_on_at", UtcTime),  # null: no code is asked for; a secret that is there then waits for its first code
    Column("oidc_issuer", Text),  # what a provider calls them, if they sign in there
    Column("oidc_subject", Text),
    UniqueConstraint("oidc_issuer", "oidc_subject"),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("moderator_id", ForeignKey("moderators.id", ondelete="CASCADE"), nullable=False),
    Column("hash", KEY, nullable=False),
    PrimaryKeyConstraint("moderator_id", "hash"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("hash", KEY, primary_key=True),
    Column("moderator_id", ForeignKey("moderators.id"), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
)

saved_filters = Table(
    "saved_filters",
    metadata,
    Column("id", ID, primary_key=True),
    Column("site_id", ForeignKey("sites.id"), nullable=False),
    Column("moderator_id", ForeignKey("moderators.id", ondelete="CASCADE")),  # null: everybody's of the site
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Index(None, "site_id", "moderator_id"),
)

threads = Table(
    "threads",
    metadata,
    Column("site_id", ForeignKey("sites.id"), nullable=False),
    Column("id", Text, nullable=False),
    Column("url", Text),
    Column("title", Text),
    Column("section", Text),
    Column("pending", Integer, nullable=False),
    Column("approved", Integer, nullable=False),
    Column("held", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    PrimaryKeyConstraint("site_id", "id"),
)

comments = Table(
    "comments",
    metadata,
    Column("id", ID, primary_key=True),  # UUIDv7: sorts by the time of intake
    Column("site_id", ForeignKey("sites.id"), nullable=False),
    Column("thread_id", Text, nullable=False),
    Column("external_id", Text),
    Column("parent_id", Text),
    Column("text", Text, nullable=False),
    Column("author", JSON, nullable=False),
    Column("author_key", KEY),  # keyed hash of the author's id or address
    Column("address_key", KEY),  # keyed hash of the /24 or /48 the comment came from, for as long as the key lives
    Column("text_key", KEY),  # keyed hash of the normalised text; null if it is too short to compare
    Column("language_hint", String(35)),
    Column("signals", JSON, nullable=False),
    Column("metadata", JSON, nullable=False),
    Column("created_at", UtcTime, nullable=False),  # as the site says
    Column("received_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("erased_at", UtcTime),
    Column("revision", Integer, nullable=False),
    Column("sequence", Integer, nullable=False),  # of its events
    Column("status", String(16), nullable=False),
    Column("length", JSON, nullable=False),
    Column("findings", JSON, nullable=False),
    Column("scores", JSON, nullable=False),
    Column("models", JSON, nullable=False),
    Column("language", JSON, nullable=False),
    Column("decision", JSON),
    Column("reason_codes", Text, nullable=False),  # " toxicity spam ", for filtering
    Column("priority", Integer, nullable=False),  # 0: somebody waits; 1: nobody does; 2: imported
    Column("score_after", UtcTime),  # null: nothing to do; else free to be claimed from then on
    Column("attempts", Integer, nullable=False),  # times it was claimed since its last revision
    Column("cluster_id", ID),  # of the near copies that it is one of
    Column("harm", Float, nullable=False, server_default="0.5"),  # that is expected of it, as it was decided
    Column("likeness", LargeBinary),  # of its embedding, what tells like from unlike
    UniqueConstraint("site_id", "external_id"),
    Index(None, "site_id", "id"),
    Index(None, "site_id", "status", "id", "thread_id", "harm"),  # the worst of 50,000 are found in it alone
    Index(None, "site_id", "thread_id", "id"),
    Index(None, "site_id", "author_key", "id"),
    Index(None, "site_id", "address_key", "id"),
    Index(None, "site_id", "text_key", "id"),
    Index(None, "site_id", "cluster_id", "id"),
    Index(None, "site_id", "updated_at", "id"),
)
Index(
    "ix_comments_work",
    comments.c.attempts,  # first: what was claimed before is found among all that waits
    comments.c.priority,
    comments.c.id,
    sqlite_where=comments.c.score_after.is_not(None),
    postgresql_where=comments.c.score_after.is_not(None),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", SERIAL, primary_key=True),
    Column("site_id", ForeignKey("sites.id"), nullable=False),
    Column("comment_id", ForeignKey("comments.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("status_before", String(16), nullable=False),
    Column("status_after", String(16), nullable=False),
    Column("decision", JSON, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("batch_id", ID),  # what was decided together, and can be undone together
    UniqueConstraint("site_id", "comment_id", "sequence"),
    Index(None, "site_id", "batch_id", "id"),
)

authors = Table(
    "authors",
    metadata,
    Column("site_id", ForeignKey("sites.id"), nullable=False),
    Column("author_key", KEY, nullable=False),  # as in comments; only who is restricted has a row
    Column("restriction", String(16), nullable=False),  # hold or reject
    Column("until", UtcTime),  # null: for ever
    Column("reason", Text),
    Column("by", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    PrimaryKeyConstraint("site_id", "author_key"),
)

appeals = Table(
    "appeals",
    metadata,
    Column("id", ID, primary_key=True),
    Column("site_id", ForeignKey("sites.id"), nullable=False),
    Column("comment_id", ForeignKey("comments.id"), nullable=False),
    Column("author_key", KEY),  # as in comments; null once erased
    Column("against", Integer, nullable=False),  # the sequence of the decision
    Column("text", Text, nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("closed_at", UtcTime),  # null: open
    Column("outcome", String(16)),
    Column("by", String(16)),  # moderator or api; null if it was closed by itself
    Column("actor", Text),
    Column("note", Text),
    Index(None, "site_id", "id"),
    Index(None, "site_id", "author_key", "opened_at"),
    Index(None, "comment_id"),
)
Index(
    "ix_appeals_open",
    appeals.c.site_id,
    appeals.c.comment_id,
    unique=True,
    sqlite_where=appeals.c.closed_at.is_(None),
    postgresql_where=appeals.c.closed_at.is_(None),
)

labels = Table(
    "labels",
    metadata,
    Column("comment_id", ForeignKey("comments.id"), primary_key=True),
    Column("site_id", ForeignKey("sites.id"), nullable=False),
    Column("revision", Integer, nullable=False),  # which text it is about
    Column("attributes", JSON, nullable=False),  # attribute: whether the text has it
    Column("by", String(16), nullable=False),  # moderator or api
    Column("actor", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "site_id", "at"),
)

suggestions = Table(
    "suggestions",
    metadata,
    Column("id", SERIAL, primary_key=True),
    Column("site_id", ForeignKey("sites.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("language", String(35)),
    Column("attributes", JSON, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "site_id", "id"),
)

site_models = Table(
    "site_models",
    metadata,
    Column("site_id", ForeignKey("sites.id"), nullable=False),
    Column("attribute", String(32), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False),  # in_force, retired, refused, rolled_back
    Column("at", UtcTime, nullable=False),
    Column("why", Text, nullable=False),
    Column("evaluation", JSON, nullable=False),
    Column("made_for", Text, nullable=False),  # the shipped models that it corrects
    Column("weights", LargeBinary),  # little-endian float32; null unless it was in force
    PrimaryKeyConstraint("site_id", "attribute", "version"),
)

learning_due = Table(
    "learning_due",
    metadata,
    Column("site_id", ForeignKey("sites.id"), primary_key=True),
    Column("since", UtcTime, nullable=False),  # the first change that no model knows
    Column("changed_at", UtcTime, nullable=False),  # the last one
    Column("erased", Boolean, nullable=False),  # something learnt from is gone, so a model must go, too
    Column("leased_until", UtcTime),
    Column("attempts", Integer, nullable=False),
)

endpoints = Table(
    "endpoints",
    metadata,
    Column("id", ID, primary_key=True),
    Column("site_id", ForeignKey("sites.id"), nullable=False),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("events", JSON, nullable=False),  # empty: all
    Column("include_text", Boolean, nullable=False),
    Column("description", Text, nullable=False),
    Column("akismet_key", Text),  # sealed; for an endpoint that is told in Akismet's way
    Column("old_secret", Text),  # signs too until then
    Column("old_secret_until", UtcTime),
    Column("failures", Integer, nullable=False, server_default="0"),  # tries that failed since the last that did not
    Column("failing_since", UtcTime),  # the first of them
    Column("rest_until", UtcTime),  # nothing is sent before
    Column("created_at", UtcTime, nullable=False),
    Column("disabled_at", UtcTime),
    Column("disabled_why", Text),
    Index(None, "site_id"),
)

events = Table(
    "events",
    metadata,
    Column("id", ID, primary_key=True),
    Column("site_id", ForeignKey("sites.id"), nullable=False),
    Column("comment_id", ForeignKey("comments.id")),
    Column("type", String(32), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("data", JSON, nullable=False),  # without text and author
    Index(None, "comment_id"),
)

STEPS_BACK = timedelta(days=7)
"""A clock that is set back by less delays no delivery that was never tried."""


def first_try(now: datetime) -> datetime:
    """Return when a delivery that is made now is due: at once, whatever the clock says next."""
    return now - STEPS_BACK


deliveries = Table(
    "deliveries",
    metadata,
    Column("id", ID, primary_key=True),
    Column("site_id", ForeignKey("sites.id"), nullable=False),
    Column("event_id", ForeignKey("events.id"), nullable=False),
    Column("endpoint_id", ForeignKey("endpoints.id"), nullable=False),
    Column("state", String(16), nullable=False),  # pending, delivered, failed
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", UtcTime),  # null: finished
    UniqueConstraint("event_id", "endpoint_id"),
    Index(None, "site_id", "endpoint_id", "state", "id"),
    Index(None, "site_id", "id"),
)
Index(
    "ix_deliveries_due",
    deliveries.c.next_try_at,
    sqlite_where=deliveries.c.next_try_at.is_not(None),
    postgresql_where=deliveries.c.next_try_at.is_not(None),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", SERIAL, primary_key=True),
    Column("site_id", ForeignKey("sites.id"), nullable=False),
    Column("delivery_id", ForeignKey("deliveries.id"), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("status", Integer),
    Column("milliseconds", Integer, nullable=False),
    Column("answer", Text),
    Column("error", Text),
    Index(None, "delivery_id"),
)

coral_secrets = Table(
    "coral_secrets",
    metadata,
    Column("id", ID, primary_key=True),
    Column("site_id", ForeignKey("sites.id"), nullable=False),
    Column("sealed", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Index(None, "site_id"),
)

akismet_checks = Table(
    "akismet_checks",
    metadata,
    Column("comment_id", ForeignKey("comments.id"), primary_key=True),
    Column("site_id", ForeignKey("sites.id"), nullable=False),
    Column("match_key", KEY, nullable=False),  # keyed hash of page, author and text
    Column("spam", Boolean, nullable=False),  # as it was answered, or as somebody said since
    Column("endpoint_id", ForeignKey("endpoints.id", ondelete="SET NULL")),  # which wants to hear of later decisions
    Index(None, "site_id", "match_key"),
    Index(None, "endpoint_id"),
)

akismet_counts = Table(
    "akismet_counts",
    metadata,
    Column("site_id", ForeignKey("sites.id"), nullable=False),
    Column("day", Date, nullable=False),
    Column("blog", String(300), nullable=False),
    Column("spam", Integer, nullable=False),
    Column("ham", Integer, nullable=False),
    Column("missed_spam", Integer, nullable=False),
    Column("false_positives", Integer, nullable=False),
    PrimaryKeyConstraint("site_id", "day", "blog"),
)

address_keys = Table(
    "address_keys",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),  # 1, 2, 3 ...
    Column("since", UtcTime, nullable=False),  # from when on it counts
    Column("part", String(64)),  # empty: the service's secret alone; null: destroyed
    Column("cleared_to", ID, nullable=False),  # up to this comment, the hashes that it made are emptied
)

retention_marks = Table(
    "retention_marks",
    metadata,
    Column("site_id", ForeignKey("sites.id"), nullable=False),
    Column("kind", String(16), nullable=False),  # one of the policy's `retention`
    Column("changed_at", UtcTime, nullable=False),  # comments that changed last before are done with
    Column("comment_id", String(36), nullable=False),  # of that moment those up to this one, too
    PrimaryKeyConstraint("site_id", "kind"),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("site_id", ForeignKey("sites.id"), nullable=False),
    Column("key", String(300), nullable=False),
    Column("body_hash", KEY, nullable=False),
    Column("comment_id", ForeignKey("comments.id"), nullable=False),
    Column("status", Integer, nullable=False),
    Column("answer", JSON, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    PrimaryKeyConstraint("site_id", "key"),
    Index(None, "site_id", "comment_id"),
)

audit = Table(
    "audit",
    metadata,
    Column("site_id", String(64), nullable=False),  # no foreign key: the log outlives what it tells of
    Column("number", BigInteger, nullable=False),  # 1, 2, 3 ... of each site
    Column("at", UtcTime, nullable=False),
    Column("actor_kind", String(16), nullable=False),
    Column("actor_id", String(64), nullable=False),
    Column("action", String(32), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("details", Text, nullable=False),  # canonical JSON, which is hashed as it stands
    Column("previous", KEY, nullable=False),
    Column("hash", KEY, nullable=False),  # of all before it in the row
    PrimaryKeyConstraint("site_id", "number"),
    Index(None, "site_id", "action", "number"),
    Index(None, "site_id", "actor_id", "number"),
    Index(None, "site_id", "subject", "number"),
    Index(None, "site_id", "at"),
)

audit_heads = Table(
    "audit_heads",
    metadata,
    Column("site_id", String(64), primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("hash", KEY, nullable=False),
)
