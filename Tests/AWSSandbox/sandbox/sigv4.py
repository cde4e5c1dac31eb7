"""Checking Signature Version 4, in headers and in presigned URLs, so that a client with a signer of its own is tested too."""
from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime, timezone
from typing import Any
from urllib.parse import parse_qsl, quote

from .base import AwsError

SKEW_SECONDS = 300


def verify(environ: dict[str, Any], body: bytes, secret: str) -> None:
    """Raise AwsError unless the request is signed with `secret`."""
    path, _, query = environ["RAW_URI"].partition("?")
    presigned = dict(parse_qsl(query)) if "X-Amz-Signature=" in query else {}
    form = r"AWS4-HMAC-SHA256\s+Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})"
    match = re.fullmatch(form, environ.get("HTTP_AUTHORIZATION", "") if not presigned else (
        "AWS4-HMAC-SHA256 Credential={X-Amz-Credential}, SignedHeaders={X-Amz-SignedHeaders}, Signature={X-Amz-Signature}"
        .format(**presigned)))
    if not match:
        raise AwsError("MissingAuthenticationToken", "no usable Authorization header", 403)
    _, day, region, service, end = match[1].split("/")
    plain = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
    names = match[2].split(";")
    value = lambda name: environ.get(plain.get(name, "HTTP_" + name.upper().replace("-", "_")), "")  # noqa: E731
    date = presigned.get("X-Amz-Date") or value("x-amz-date")
    if names != sorted(names) or "host" not in names:
        raise AwsError("IncompleteSignature", "SignedHeaders must be sorted and contain host")
    sent = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
    age = (datetime.now(timezone.utc) - sent).total_seconds()
    if presigned and not -SKEW_SECONDS < age <= int(presigned["X-Amz-Expires"]):
        raise AwsError("AccessDenied", "Request has expired", 403)
    if not date.startswith(day) or (not presigned and abs(age) > SKEW_SECONDS):
        raise AwsError("RequestExpired", f"x-amz-date {date} is too far from now")
    payload = "UNSIGNED-PAYLOAD" if presigned else value("x-amz-content-sha256") or hashlib.sha256(body).hexdigest()
    if body and len(payload) == 64 and payload != hashlib.sha256(body).hexdigest():
        raise AwsError("XAmzContentSHA256Mismatch", "x-amz-content-sha256 is not that of the body")
    pairs = sorted(p if "=" in p else p + "=" for p in query.split("&") if p and not p.startswith("X-Amz-Signature="))
    canonical = "\n".join([
        environ["REQUEST_METHOD"], path if service == "s3" else quote(path, safe="/-_.~"), "&".join(pairs),
        *(f"{n}:{' '.join(value(n).split())}" for n in names), "", match[2], payload])
    scope = f"{day}/{region}/{service}/{end}"
    text = "\n".join(["AWS4-HMAC-SHA256", date, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, end):
        key = hmac.digest(key, part.encode(), "sha256")
    if not hmac.compare_digest(hmac.digest(key, text.encode(), "sha256").hex(), match[3]):
        raise AwsError("SignatureDoesNotMatch", f"the canonical request should have been {canonical!r}", 403)
