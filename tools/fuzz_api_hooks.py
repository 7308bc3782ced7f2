"""What the contract cannot say in a schema: requests that fit it and are rightly refused are not made.

Commands carry a key that belongs to one command alone, a cursor is only ever one that a list has given, and a
pause ends in the future.
"""

import uuid

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
    if isinstance(case.body, dict) and "until" in case.body:
        case.body["until"] = "2100-01-01T00:00:00Z"
