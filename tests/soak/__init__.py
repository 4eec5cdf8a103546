"""The harness that breaks the service: it must notice what is lost."""
