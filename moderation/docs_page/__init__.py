"""`/docs`: the API for people, made from its OpenAPI description without scripts and without a build."""

from moderation.docs_page.page import blueprint

__all__ = ["blueprint"]
