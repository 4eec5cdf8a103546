"""Every setting: its name in the environment is `MODERATION_` and the field's name in capitals."""

from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Network = IPv4Network | IPv6Network
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Settings(BaseSettings):
    """What whoever runs the service can set; `docs/settings.md` is held to these fields."""

    model_config = SettingsConfigDict(env_prefix="MODERATION_", frozen=True, hide_input_in_errors=True)

    data: Path = Field(Path("data"), description="Folder for the SQLite database, the secret and downloaded models.")
    database_url: str | None = Field(None, description="SQLAlchemy URL of the database; SQLite under `data` if unset.")
    redis_url: str | None = Field(None, description="URL of Redis or Valkey; `moderation up` embeds one if unset.")
    secret: str | None = Field(
        None, min_length=32, description="Key for hashing addresses and signing sessions; kept in `data` if unset."
    )
    address_key_days: int = Field(
        30,
        ge=0,
        le=3650,
        description="How long networks are hashed with one key; then it is destroyed with its hashes. 0 is for ever.",
    )
    engine: Literal["onnx", "detoxify"] = Field("onnx", description="What scores toxicity: ONNX Runtime or Detoxify.")
    model: str = Field("compact-3", description="Name or checkpoint path of the toxicity model.")
    scorers: int = Field(2, ge=1, le=64, description="Scoring processes of one `moderation worker`.")
    web_threads: int = Field(
        64, ge=2, le=512, description="Requests that one web process answers at once; more are refused with 503."
    )
    trusted_proxies: int = Field(
        0,
        ge=0,
        le=10,
        description="Proxies of yours between callers and the service, whose `X-Forwarded-For` and `-Proto` count.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is logged.")
    max_body_bytes: int = Field(1_000_000, ge=10_000, description="Largest request body that is read, in bytes.")
    max_batch_bytes: int = Field(
        8_000_000,
        ge=10_000,
        description="Largest body of `/v1/comments/batch`, `/v1/score`, `/v1/words/import`, Perspective's and OpenAI's "
        "calls, in bytes.",
    )
    max_wait_seconds: float = Field(30.0, ge=0, le=120, description="Longest wait that `Prefer: wait` can ask for.")
    score_timeout_seconds: float = Field(
        15.0, gt=0, le=120, description="How long `/v1/score` waits for a worker before it answers 503."
    )
    score_cache_seconds: int = Field(
        600, ge=0, le=86_400, description="How long scores of texts that are not kept are remembered; 0 is not at all."
    )
    appeals_per_day: int = Field(
        5, ge=1, le=1000, description="Appeals of one author that are taken within 24 hours; more get 429."
    )
    promise_seconds: int = Field(
        600, ge=1, description="A new comment is refused with 503 when its turn would come later than this."
    )
    lease_seconds: int = Field(20, ge=2, le=600, description="A comment a worker took is free again after this.")
    sweep_seconds: float = Field(3.0, gt=0, le=600, description="How often forgotten work is looked for.")
    learn_seconds: float = Field(
        10.0,
        ge=0,
        le=86_400,
        description="How long after a decision a site's models are made anew, with all until then.",
    )
    webhook_timeout_seconds: float = Field(15.0, gt=0, le=60, description="How long an endpoint may take to answer.")
    webhook_networks: str = Field(
        "", description="Private networks that callbacks may go to, as CIDRs with commas, for example `10.0.0.0/8`."
    )
    webhook_http: bool = Field(False, description="Allow callbacks over plain http (for development).")
    public_url: str | None = Field(
        None,
        description="Address that clients reach the service by, `https://m.news.example`; a request's own if unset.",
    )
    tls_cert: Path | None = Field(
        None,
        description="File with the certificate, and those between it and its CA, that the web part serves https with.",
    )
    tls_key: Path | None = Field(None, description="File with the key of `tls_cert`, without a password.")
    perspective_timeout_seconds: float = Field(
        0.7,
        gt=0,
        le=120,
        description="How long Perspective's `analyze` waits for scores of 4,000 characters or fewer.",
    )
    perspective_batch_seconds: float = Field(
        50.0, gt=0, le=600, description="How long a batch of Perspective's waits for its scores."
    )
    perspective_max_bytes: int = Field(
        20_480,
        ge=20_480,
        le=1_000_000,
        description="Longest comment that Perspective's `analyze` takes, in bytes of UTF-8.",
    )
    perspective_per_minute: int = Field(
        0, ge=0, description="Comments a minute that a site may have analysed by Perspective's API; 0 is no limit."
    )
    perspective_unavailable: Literal["strict", "skip"] = Field(
        "skip",
        description="Attributes of Perspective's that no model tells: refuse the request, or leave them out.",
    )
    openai_timeout_seconds: float = Field(
        4.0, gt=0, le=120, description="How long OpenAI's `moderations` waits for scores before it answers 503."
    )
    openai_per_minute: int = Field(
        0, ge=0, description="Texts a minute that a site may have scored by OpenAI's API; 0 is no limit."
    )
    openai_images: Literal["refuse", "ignore"] = Field(
        "refuse", description="What OpenAI's `moderations` does with images, which no model here looks at."
    )
    akismet_timeout_seconds: float = Field(
        0.5,
        gt=0,
        le=120,
        description="How long Akismet's `comment-check` waits for scores; then the policy's `late` says.",
    )
    akismet_per_minute: int = Field(
        0, ge=0, description="Comments a minute that a site may have checked by Akismet's API; 0 is no limit."
    )
    akismet_discard: float = Field(
        0.99, gt=0, le=1, description="Spam with at least this score is said to be thrown away (`X-akismet-pro-tip`)."
    )
    akismet_recheck_seconds: int = Field(
        86_400,
        ge=60,
        le=30 * 86_400,
        description="How long your moderators have for what Akismet's clients wait for; WordPress waits twice as long.",
    )
    akismet_held_spam: Literal["spam", "recheck"] = Field(
        "spam",
        description="What a client that can be told later hears of a comment that is held because it looks like spam: "
        "that it is spam, or to wait.",
    )
    akismet_toxicity: bool = Field(
        True, description="Whether Akismet's clients are told that a comment is spam because it is toxic."
    )
    coral_timeout_seconds: float = Field(
        0.15,
        gt=0,
        le=120,
        description="How long Coral's external phase waits for scores; then the policy's `late` decides.",
    )
    coral_per_minute: int = Field(
        0, ge=0, description="Comments a minute that Coral may ask about for a site; 0 is no limit."
    )
    discourse_timeout_seconds: float = Field(
        2.5, gt=0, le=120, description="How long discourse-ai's `classify` waits for scores before it answers 503."
    )
    discourse_per_minute: int = Field(
        0, ge=0, description="Posts a minute that a site may have classified for Discourse; 0 is no limit."
    )
    osmod_timeout_seconds: float = Field(
        5.0, gt=0, le=120, description="How long OSMOD's `score-comment` waits for scores before it answers 503."
    )
    osmod_per_minute: int = Field(
        0, ge=0, description="Comments a minute that a site may have scored for OSMOD; 0 is no limit."
    )
    max_site: str | None = Field(
        None, description="The site that IBM MAX's calls, which have no key, are answered for; off if unset."
    )
    max_timeout_seconds: float = Field(
        10.0, gt=0, le=120, description="How long IBM MAX's `predict` waits for scores before it answers 503."
    )
    max_per_minute: int = Field(0, ge=0, description="Texts a minute that IBM MAX's `predict` scores; 0 is no limit.")
    oidc_issuer: str | None = Field(
        None,
        description="Issuer of the OpenID Connect provider that moderators may sign in with, `https://id.news.example`.",
    )
    oidc_client_id: str | None = Field(None, description="What that provider calls this service.")
    oidc_client_secret: SecretStr | None = Field(None, description="The secret that goes with `oidc_client_id`.")
    oidc_label: str = Field("your organisation", max_length=60, description="What the button says: Sign in with this.")
    oidc_trust_email: bool = Field(
        False, description="Believe that provider's e-mail addresses though it does not say that it checked them."
    )
    password_sign_in: bool = Field(True, description="Let moderators sign in with a password, too.")
    docs: bool = Field(True, description="Serve `/docs` and `/openapi.json`.")
    metrics: bool = Field(True, description="Serve `/metrics`.")
    secure_cookies: bool = Field(False, description="Send the dashboard's cookies over https only, as with `tls_cert`.")

    @field_validator("webhook_networks")
    @classmethod
    def _must_be_networks(cls, text: str) -> str:
        _networks(text)
        return text

    @field_validator("oidc_issuer")
    @classmethod
    def _must_be_encrypted(cls, issuer: str | None) -> str | None:
        parts = urlsplit(issuer or "https://none")
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        if not safe or not parts.hostname:
            raise ValueError("must begin with https://; http:// is for a provider on this machine")
        return issuer

    @model_validator(mode="after")
    def _must_be_whole(self) -> Self:
        given = [self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret]
        if any(given) and not all(given):
            raise ValueError("oidc_issuer, oidc_client_id and oidc_client_secret belong together")
        if not self.password_sign_in and not all(given):
            raise ValueError("password_sign_in can be off only where oidc_issuer is set: nobody could sign in")
        return self

    @property
    def database(self) -> str:
        """The database's URL, SQLite under `data` if none is set."""
        return self.database_url or f"sqlite:///{self.data / 'moderation.db'}"

    @property
    def redis(self) -> str:
        """The URL of Redis, on this machine if none is set."""
        return self.redis_url or "redis://127.0.0.1:6379/0"

    @property
    def networks(self) -> tuple[Network, ...]:
        """The private networks that callbacks may go to."""
        return _networks(self.webhook_networks)


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


@cache
def get_settings() -> Settings:
    """Return the settings of this process, read once from the environment."""
    return Settings()
