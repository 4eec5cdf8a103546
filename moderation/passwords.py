"""Which passwords a moderator may choose; pure.

Length counts, not signs of certain kinds (NIST SP 800-63B): at least 12 characters, none of those that are tried
first, and not the address that stands beside it.
"""

SHORTEST, LONGEST = 12, 1000
FEW_CHARACTERS = 5
"""A password of fewer different characters is a pattern."""
TRIED_FIRST = frozenset({
    "0123456789ab", "1q2w3e4r5t6y", "1qaz2wsx3edc", "abcdefghijkl", "abc123abc123", "administrator", "admin123admin",
    "changeme1234", "changemechangeme", "correcthorsebatterystaple", "iloveyou1234", "letmein12345", "letmeinletmein",
    "moderation123", "moderator123", "moderatormoderator", "passwordpassword", "password1234", "password12345",
    "password123456", "passw0rd1234", "qwerty123456", "qwertyuiop12", "qwertyuiop123", "qwertyuiopasdf",
    "q1w2e3r4t5y6", "welcome12345", "zaq12wsxcde3",
})  # fmt: skip
"""Of twelve or more characters, without spaces and hyphens, in lower case."""


def weakness(password: str, email: str) -> str | None:
    """Return why a moderator may not choose a password, and what to do; None if they may."""
    if len(password) < SHORTEST:
        return f"It has fewer than {SHORTEST} characters: take a few words that do not belong together"
    if len(password) > LONGEST:
        return f"It has more than {LONGEST} characters"
    bare = password.strip().lower()
    if bare in {email.lower(), email.lower().partition("@")[0]}:
        return "It is your address: take something that nobody knows of you"
    joined = bare.replace(" ", "").replace("-", "")
    if joined in TRIED_FIRST or joined.isdigit() or len(set(joined)) < FEW_CHARACTERS:
        return "It is one of those that are tried first: take a few words that do not belong together"
    return None
