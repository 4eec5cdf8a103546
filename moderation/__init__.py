"""A self-hosted comment moderation service: intake, rules, policy, storage, desk."""

__version__ = "0.1.0"
