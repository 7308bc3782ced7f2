"""What the contract cannot say in a schema: requests that fit it and are rightly refused are not made.

Commands carry a key that belongs to one command alone, a cursor is only ever one that a list has given, a pause
ends in the future, an item's id is a line with something in it, a domain goes with the kind that has one, and a login is one line for a server that may be asked.
"""

import uuid
from urllib.parse import quote, unquote

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    mode = case.meta.generation.mode if case.meta else None
    if mode is None or not mode.is_positive:
        return
    if case.headers and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
    if case.query:
        case.query.pop("cursor", None)
    if case.path == "/items/{id}":
        # It is percent-encoded here already.
        signs = unquote(case.path_parameters["id"])
        bare = "".join(sign for sign in signs if sign.isprintable()).strip(" <>")
        bare = bare.encode()[:900].decode(errors="ignore") or "202611030920.b1a6bc42de57@example.com"
        case.path_parameters["id"] = quote(bare, safe="")
    if isinstance(case.body, dict) and "until" in case.body:
        case.body["until"] = "2100-01-01T00:00:00Z"
    if isinstance(case.body, dict) and "intent" in case.body:
        if "kind" in case.body or "domain" in case.body:
            if case.body.get("kind") == "salesforce_custom":
                case.body["domain"] = "acme.my.site.com"
            else:
                case.body.pop("domain", None)
        if "login" in case.body:
            case.body["login"], case.body["password"] = "ada", "secret"
            # Nobody answers there: the call says so, and asks nobody else.
            case.body["ews_url"] = "https://ews.invalid/EWS/Exchange.asmx"
