"""A desk with something on every page, for tests that walk through all of them."""

from moderation import appeals, delivering, word_changes
from moderation.appeals import Asked
from moderation.audit_entry import SERVICE
from moderation.model import Author
from moderation.records import Site
from moderation.service import Service
from moderation.word_changes import Place, Who
from moderation.word_lists import Entry
from tests.build import add_model, comment
from tests.dashboard.visitor import hold


def furnish(engine: Service, site: Site) -> list[str]:
    """Put something on every page of a site's desk; return the pages' paths behind `/desk`."""
    hold(engine, site, comment("Who wants tea?", external_id="c-1"))
    stored = hold(engine, site, comment("You stupid idiot " * 15, parent_id="c-1", author=Author("u-1", "Robin")))
    appeals.open_appeal(engine.parts, site.id, Asked(stored.id, None, "Why?"), 5, engine.now(), SERVICE)
    word_changes.add(engine.parts, Place(site.id), [Entry("suspect", "tea")], Who("test", SERVICE), engine.now())
    add_model(engine.parts.database)
    hook = delivering.add(engine, site.id, "https://93.184.216.34/hook", (), include_text=True, description="Ours")
    delivery_id = delivering.test(engine, site.id, hook.id)
    return [
        "",
        f"/comments/{stored.id}",
        "?q=tea",
        f"?author={stored.author_key}",
        "/learning",
        "/overview",
        "/policy",
        "/policy/versions",
        "/plot",
        "/endpoints",
        f"/endpoints/{hook.id}",
        f"/deliveries/{delivery_id}",
        "/words",
        "/appeals",
        "/appeals?status=closed",
        "/account",
        "/keys",
        "/moderators",
        "/audit",
        "/nowhere",
    ]
