"""The discovery document, from which Google's client libraries make the methods `analyze` and `suggestscore`.

Names and types are those of revision 20200426 in googleapis/google-api-nodejs-client.
"""

from collections.abc import Mapping
from typing import Any

SCOPE = "https://www.googleapis.com/auth/userinfo.email"
TEXT: Mapping[str, Any] = {"type": "string"}
FLAG: Mapping[str, Any] = {"type": "boolean"}
REAL: Mapping[str, Any] = {"type": "number", "format": "float"}
WHOLE: Mapping[str, Any] = {"type": "integer", "format": "int32"}
SCORE_TYPES = ("SCORE_TYPE_UNSPECIFIED", "PROBABILITY", "STD_DEV_SCORE", "PERCENTILE", "RAW")
TEXT_TYPES = ("TEXT_TYPE_UNSPECIFIED", "PLAIN_TEXT", "HTML")


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": name}


def _list(of: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": dict(of)}


def _map(of: str) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": _ref(of)}


def _enum(*values: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(values)}


SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "AnalyzeCommentRequest": {
        "comment": _ref("TextEntry"),
        "context": _ref("Context"),
        "requestedAttributes": _map("AttributeParameters"),
        "languages": _list(TEXT),
        "doNotStore": FLAG,
        "clientToken": TEXT,
        "sessionId": TEXT,
        "communityId": TEXT,
        "spanAnnotations": FLAG,
    },
    "AnalyzeCommentResponse": {
        "attributeScores": _map("AttributeScores"),
        "languages": _list(TEXT),
        "detectedLanguages": _list(TEXT),
        "clientToken": TEXT,
    },
    "ArticleAndParentComment": {"article": _ref("TextEntry"), "parentComment": _ref("TextEntry")},
    "AttributeParameters": {"scoreType": _enum(*SCORE_TYPES), "scoreThreshold": REAL},
    "AttributeScores": {"summaryScore": _ref("Score"), "spanScores": _list(_ref("SpanScore"))},
    "Context": {
        "entries": _list(_ref("TextEntry")),
        "articleAndParentComment": _ref("ArticleAndParentComment"),
    },
    "Score": {"value": REAL, "type": _enum(*SCORE_TYPES)},
    "SpanScore": {"begin": WHOLE, "end": WHOLE, "score": _ref("Score")},
    "SuggestCommentScoreRequest": {
        "comment": _ref("TextEntry"),
        "context": _ref("Context"),
        "attributeScores": _map("AttributeScores"),
        "languages": _list(TEXT),
        "communityId": TEXT,
        "clientToken": TEXT,
        "sessionId": TEXT,
    },
    "SuggestCommentScoreResponse": {
        "clientToken": TEXT,
        "detectedLanguages": _list(TEXT),
        "requestedLanguages": _list(TEXT),
    },
    "TextEntry": {"text": TEXT, "type": _enum(*TEXT_TYPES)},
}
PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "$.xgafv": _enum("1", "2"),
    "access_token": TEXT,
    "alt": {**_enum("json", "media", "proto"), "default": "json"},
    "callback": TEXT,
    "fields": TEXT,
    "key": TEXT,
    "oauth_token": TEXT,
    "prettyPrint": {**FLAG, "default": "true"},
    "quotaUser": TEXT,
    "upload_protocol": TEXT,
    "uploadType": TEXT,
}


def document(root: str) -> dict[str, Any]:
    """Return the document of a service whose address is `root`, which ends with a slash."""
    return {
        "kind": "discovery#restDescription",
        "discoveryVersion": "v1",
        "id": "commentanalyzer:v1alpha1",
        "name": "commentanalyzer",
        "version": "v1alpha1",
        "revision": "20200426",
        "title": "Perspective Comment Analyzer API",
        "description": "Scores of comments, by a moderation service that speaks Perspective's API.",
        "ownerName": "moderation",
        "protocol": "rest",
        "rootUrl": root,
        "baseUrl": root,
        "mtlsRootUrl": root,
        "basePath": "",
        "servicePath": "",
        "batchPath": "batch",
        "version_module": True,
        "fullyEncodeReservedExpansion": True,
        "auth": {"oauth2": {"scopes": {SCOPE: {"description": "Unused: send the site's key as the token."}}}},
        "parameters": {name: {**value, "location": "query"} for name, value in PARAMETERS.items()},
        "schemas": {
            name: {"id": name, "type": "object", "properties": {field: dict(value) for field, value in fields.items()}}
            for name, fields in SCHEMAS.items()
        },
        "resources": {
            "comments": {
                "methods": {
                    "analyze": _method("analyze", "AnalyzeComment"),
                    "suggestscore": _method("suggestscore", "SuggestCommentScore"),
                }
            }
        },
    }


def _method(name: str, messages: str) -> dict[str, Any]:
    path = f"v1alpha1/comments:{name}"
    return {
        "id": f"commentanalyzer.comments.{name}",
        "path": path,
        "flatPath": path,
        "httpMethod": "POST",
        "parameterOrder": [],
        "parameters": {},
        "request": _ref(f"{messages}Request"),
        "response": _ref(f"{messages}Response"),
        "scopes": [SCOPE],
    }
