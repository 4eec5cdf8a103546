"""What `make eval` measures, one file a subject: each asks a `Bench` for scores and returns a `Part` of the page."""
