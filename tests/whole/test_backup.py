"""A backup of a running service, and another service that goes on with it."""

from pathlib import Path

from tests.whole.service import Service, run, running, wait_until


def test_a_service_goes_on_from_a_backup(service: Service, folder: Path, tmp_path: Path) -> None:
    """One command saves, one restores; keys, comments and the policy are as they were, and new comments are taken."""
    file = tmp_path / "backup.tar"
    body = {"text": "A fine article, thank you", "thread": {"id": "backup"}}
    with service.client() as api:
        comment = api.post("/v1/comments", json=body).json()
        policy = api.get("/v1/policy").json()

    service.run("backup", str(file))
    run("restore", str(file), data=folder)

    with running(folder) as again, again.client(service.key) as api:
        assert again.key is None

        def decided() -> bool:
            return bool(api.get(f"/v1/comments/{comment['id']}").json()["status"] == "approved")

        assert wait_until(decided, seconds=30, what="the decision")
        assert api.get("/v1/policy").json() == policy
        assert api.post("/v1/comments", json={**body, "text": "And another one"}).status_code == 202
