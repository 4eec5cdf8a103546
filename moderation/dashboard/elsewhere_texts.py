"""What other parts of the service write that pages show, marked for the catalogues; tests hold it to those parts."""

from moderation.dashboard.language import N_

CODES = (
    N_("Toxicity"), N_("Severe toxicity"), N_("Obscene"), N_("Threat"), N_("Insult"), N_("Identity attack"),
    N_("Sexual explicit"), N_("Spam"), N_("Banned word"), N_("Suspect word"), N_("Banned domain"),
    N_("Too many links"), N_("Link shortener"), N_("Duplicate author"), N_("Duplicate site"), N_("Restricted"),
    N_("Raid"), N_("Unscored"), N_("Pre moderated"), N_("Below thresholds"), N_("Decided"), N_("Appeal"),
    N_("Undone"), N_("Not spam"),
)  # fmt: skip
"""Attributes and codes of reasons, as `show.in_words` has them."""
FIELDS = (
    N_("Mode"), N_("Unknown"), N_("Thresholds"), N_("Hold"), N_("Reject"), N_("Length"), N_("Min"), N_("Max"),
    N_("Unit"), N_("Limits"), N_("Duplicates"), N_("Author seconds"), N_("Site seconds"), N_("Min length"),
    N_("Raids"), N_("Copies"), N_("Authors"), N_("Seconds"), N_("Words"), N_("Banned"), N_("Suspect"),
    N_("Exceptions"), N_("Links"), N_("Banned domains"), N_("Shorteners"), N_("Thread total"), N_("Sections"),
    N_("Dialects"), N_("Late"), N_("Days"), N_("Learning"), N_("Appeals"), N_("Per day"), N_("Take in"),
    N_("Count"), N_("Per"), N_("Retention"), N_("Approved"),
    N_("Rejected"), N_("Held"), N_("Addresses"), N_("Scores"), N_("Notes"), N_("Deliveries"),
)  # fmt: skip
"""Parts of a policy, as `policy_words` has them."""
DETAILS = (
    N_("Action"), N_("Status"), N_("Status before"), N_("Until"), N_("Comments"), N_("Comment"), N_("Revision"),
    N_("Outcome"), N_("Own decision"), N_("Version"), N_("Kind"), N_("Scopes"), N_("Role"), N_("Role before"),
    N_("Sessions"), N_("Fields"), N_("Id"), N_("Expires at"), N_("Overlap seconds"), N_("New"), N_("Parts"),
    N_("Batch"),
)  # fmt: skip
"""Details of entries of the audit log, as `audits` has them."""
ATTRIBUTES_INSIDE = (
    N_("toxicity"), N_("severe_toxicity"), N_("obscene"), N_("threat"), N_("insult"), N_("identity_attack"),
    N_("sexual_explicit"), N_("spam"),
)  # fmt: skip
"""Inside a reason's detail, and as the reason that a person chose."""
CHOSEN = (N_("hate"), N_("off topic"), N_("personal data"), N_("not spam"))
"""Reasons that people choose, beside those."""
SENTENCES = (
    # moderation/policy.py
    N_("every comment waits for a person here"),
    N_("scoring it failed again and again; all its scores are unknown"),
    N_("not all scores came in time"),
    N_("no score has a threshold"),
    # moderation/rules
    N_("whatever this author writes is held"),
    N_("whatever this author writes is rejected"),
    # moderation/batches.py and the desk
    N_("a decision was taken back"),
    N_("overturned on appeal"),
    # workers/velocity.py and workers/scoring/spam_reasons.py
    N_("nobody approved the author before"),
    N_("nothing that speaks for spam"),
    N_("wording like that of known spam"),
    N_("link"),
    N_("link to a shortener"),
    N_("e-mail address"),
    N_("phone number"),
    N_("messenger contact"),
    N_("mention of a name"),
    N_("link written in HTML or BBCode"),
    N_("price"),
    N_("word of crypto trade"),
    N_("place where alphabets mix"),
    N_("stylised letter"),
    N_("invisible character"),
    N_("spaced-out word"),
    N_("emoji"),
    N_("run of one character"),
    N_("call to do something for the writer"),
    N_("mention of what the writer has or makes"),
    N_("word of offers and prizes"),
    N_("request for likes"),
    N_("many capitals"),
    N_("many digits"),
    N_("many marks"),
    N_("author gives a link"),
    N_("link in the author's name"),
    N_("advertising word in the author's name"),
    N_("hidden field filled in"),
    N_("sent faster than people write"),
    N_("a word repeated"),
    N_("one"), N_("two"), N_("three"), N_("four"), N_("five"), N_("six"), N_("seven"), N_("eight"), N_("nine"),
    # workers/learning/judge.py
    N_("it decides the labelled comments as before"),
    N_("it contradicts moderators more often than what is in force"),
    # workers/courier.py and moderation/delivering.py
    N_("The endpoint answered 410 Gone"),
    N_("Every try failed for five days"),
    N_("Disabled by the site"),
    # moderation/replay.py
    N_(
        "length: what was too short or too long is not stored, so a wider limit shows nothing here; "
        "what the new limit would refuse counts as rejected"
    ),
    N_(
        "words, links: what a rule rejected at once was never scored; "
        "where that rule finds nothing any more, `unknown` decides here"
    ),
    N_("limits, thread_total: comments beyond a limit are refused and not stored"),
    N_("duplicates: what was found when a comment came stands for both policies"),
    N_(
        "raids: how many near copies there were is not kept; only switching the check off is seen, "
        "and not for comments that a person decided since"
    ),
    N_("dialects: what is taken in, or told late, says nothing of stored comments"),
    # moderation/policy_presets.py
    N_("Calm"),
    N_("Balanced"),
    N_("Strict"),
    N_("For a place where people know each other: holds only what hardly anybody would defend, and what may be spam."),
    N_("For most sites, and what a new site has: holds what is more likely unwanted than not; people reject."),
    N_("For children, or when a debate boils over: holds whatever might be unwanted, and rejects what surely is."),
    N_("rude or disrespectful enough to make people leave"),
    N_("hateful or aggressive enough to make nearly everybody leave"),
    N_("swearing and vulgar words, aimed at somebody or not"),
    N_("announcing or wishing harm to somebody"),
    N_("abusing a person or a group"),
    N_("hating people for what they are: origin, faith, sex, disability"),
    N_("about sex, in plain words"),
    N_("advertising, fraud or text that was posted everywhere"),
    # moderation/passwords.py
    N_("It is your address: take something that nobody knows of you"),
    N_("It is one of those that are tried first: take a few words that do not belong together"),
    # refusals of moderation/errors.py and of what the desk calls
    N_("Something went wrong on our side; try again, and tell the operator if it stays"),
    N_("There is nothing of that name on this site"),
    N_("The comment has changed since you looked; read it again, then decide"),
    N_("Decisions can be undone for a day; decide the comments again instead"),
    N_("Another key takes this one's place already; rotate that one"),
    N_("This is the site's only owner; make somebody else an owner first"),
    N_("There is a moderator with that address; each address sits at one desk"),
    N_("The endpoint is disabled: enable it, then send again"),
    N_("A part of the service does not answer; try again in a moment"),
    N_("A site can have 20 endpoints; remove one first"),
    N_("A list of words has as many terms as it may; remove some first"),
    N_("The appeal is closed already; read it to see its outcome"),
    N_("The policy has no such version"),
    N_("This site has no such moderator"),
    N_("There is no such live key; `moderation key list` shows them"),
    N_("That list has no such word; list the words to see their ids"),
    N_("Another preview is being made; try again in a moment"),
    N_("Too many people are signing in; try again in a moment"),
    N_("The policy was changed since you read it; read it again"),
    N_("The URL cannot be understood"),
    N_("The URL must begin with https://"),
    N_("The URL must begin with https:// or http://"),
    N_("The URL must not hold a user name or a password"),
    N_(
        "The URL leads to an address that is not public; whoever runs the service can allow networks"
        " with MODERATION_WEBHOOK_NETWORKS"
    ),
    N_("The URL has no valid host: a name, or an address written in the usual way"),
    N_("The first line must name a column 'term', or 'word', or 'text'"),
    N_("the column 'list' must say banned, suspect, exceptions, or nothing"),
    N_("the column 'deobfuscate' must say true or false, or nothing"),
    N_("there is nothing that could be found in a text"),
    N_("has nothing that could be found in a text"),
    # names and descriptions of HTTP's refusals
    N_("Bad Request"),
    N_("Forbidden"),
    N_("Not Found"),
    N_("Method Not Allowed"),
    N_("Conflict"),
    N_("Request Entity Too Large"),
    N_("Unprocessable Entity"),
    N_("Too Many Requests"),
    N_("Internal Server Error"),
    N_("Service Unavailable"),
    N_("The method is not allowed for the requested URL."),
    N_("The data value transmitted exceeds the capacity limit."),
    # what pydantic says of fields
    N_("Input should be a valid integer, unable to parse string as an integer"),
    N_("Input should be a valid number, unable to parse string as a number"),
    N_("Input should be a valid integer"),
    N_("Input should be a valid number"),
    N_("Input should be a valid integer, got a number with a fractional part"),
)  # fmt: skip
"""Whole texts, and parts of them between semicolons."""
FORMATS = (
    # moderation/policy.py
    N_("%(score)s, holds at %(threshold)s"),
    N_("%(score)s, rejects at %(threshold)s"),
    N_("nearest is %(attribute)s: %(score)s, holds at %(threshold)s"),
    N_("nearest is %(attribute)s: %(score)s, rejects at %(threshold)s"),
    N_("no score for %(attributes)s"),
    N_("one of %(number)s near copies by %(authors)s authors"),
    # moderation/rules
    N_("the author posted this in the last %(period)s"),
    N_("somebody posted this in the last %(period)s"),
    N_("whatever this author writes is held until %(when)s"),
    N_("whatever this author writes is rejected until %(when)s"),
    N_("%(terms)s and %(number)s more"),
    N_("banned: %(domains)s"),
    N_("hides where it leads: %(domains)s"),
    N_("links %(count)s/%(most)s"),
    # workers/velocity.py and workers/learning/serve.py
    N_("author in %(number)s threads within an hour"),
    N_("%(number)s authors from one network within an hour"),
    N_("same link from %(number)s authors within an hour"),
    N_("%(score)s before this site's decisions"),
    # workers/scoring/spam_reasons.py
    N_("wording: %(words)s"),
    N_("%(number)s links"),
    N_("%(number)s links to shorteners"),
    N_("%(number)s links, %(short)s to a shortener"),
    N_("%(number)s links, %(short)s to shorteners"),
    N_("%(number)s e-mail addresses"),
    N_("%(number)s phone numbers"),
    N_("%(number)s messenger contacts"),
    N_("%(number)s mentions of names"),
    N_("%(number)s links written in HTML or BBCode"),
    N_("%(number)s prices"),
    N_("%(number)s words of crypto trade"),
    N_("%(number)s places where alphabets mix"),
    N_("%(number)s stylised letters"),
    N_("%(number)s invisible characters"),
    N_("%(number)s spaced-out words"),
    N_("%(number)s emoji"),
    N_("%(number)s runs of one character"),
    N_("%(number)s calls to do something for the writer"),
    N_("%(number)s mentions of what the writer has or makes"),
    N_("%(number)s words of offers and prizes"),
    N_("%(number)s requests for likes"),
    # workers/learning/judge.py
    N_("not surely better: %(fixed)s put right, %(broken)s put wrong"),
    N_("it would hold %(number)s of %(most)s ordinary comments"),
    N_("it would let through %(number)s of %(most)s known examples"),
    N_("%(fixed)s put right, %(broken)s put wrong"),
    # moderation/passwords.py
    N_("It has fewer than %(number)s characters: take a few words that do not belong together"),
    N_("It has more than %(number)s characters"),
    # moderation/word_files.py, moderation/word_lists.py and moderation/addresses.py
    N_("The file has more than %(number)s terms; a list has %(most)s at most"),
    N_("The list '%(list)s' would have %(number)s terms; %(most)s are the most"),
    N_("After line %(number)s it is not CSV"),
    N_(
        "A URL has 1 to %(number)s ASCII characters, without spaces and backslashes;"
        " write other letters as xn--… in the name and as %%… behind it"
    ),
    N_("a term has %(number)s characters at most"),
    N_("A policy has %(number)s sections at most"),
    N_("Only the ports 80, 443, 8443 and those from %(number)s on are called"),
    # what pydantic says of fields
    N_("Input should be greater than %(bound)s"),
    N_("Input should be greater than or equal to %(bound)s"),
    N_("Input should be less than or equal to %(bound)s"),
    N_("Input should be %(values)s"),
    N_("Value error, %(why)s"),
)
"""Texts with places for what differs."""
