"""Writes signatures.json: requests and the Authorization header that botocore gives them.

The first cases are those of AWS's published Signature V4 test suite; the rest are drawn at random with a fixed seed.
Run it again only to add cases: `python make_signatures.py > signatures.json`.
"""
import datetime
import json
import random
import string
from unittest import mock
from urllib.parse import quote

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
MOMENT = datetime.datetime(2015, 8, 30, 12, 36, 0)
HOST = "https://example.amazonaws.com"
TOKEN = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=="  # noqa: E501 (AWS's own)


def case(name, method="GET", url=HOST + "/", headers=(), body="", service="service", token=None, region="us-east-1"):
    request = AWSRequest(method=method, url=url, data=body.encode())
    for key, value in headers:
        request.headers.add_header(key, value)
    kind = botocore.auth.S3SigV4Auth if service == "s3" else botocore.auth.SigV4Auth
    with mock.patch("botocore.auth.get_current_datetime", return_value=MOMENT):
        kind(Credentials(KEY, SECRET, token), service, region).add_auth(request)
    return {"name": name, "method": method, "url": url, "headers": [list(h) for h in headers], "body": body,
            "service": service, "region": region, "token": token, "authorization": request.headers["Authorization"]}


def published():
    yield case("get-vanilla")
    yield case("get-vanilla-query", url=HOST + "/?Param1=value1")
    yield case("get-vanilla-query-order-key", url=HOST + "/?Param1=value2&Param1=Value1")
    yield case("get-vanilla-query-order-key-case", url=HOST + "/?Param2=value2&Param1=value1")
    yield case("get-vanilla-query-order-value", url=HOST + "/?Param1=value2&Param1=value1")
    unreserved = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    yield case("get-vanilla-query-unreserved", url=f"{HOST}/?{unreserved}={unreserved}")
    yield case("get-vanilla-empty-query-key", url=HOST + "/?Param1=")
    yield case("get-vanilla-query-no-equals", url=HOST + "/?acl&Param1")
    yield case("get-vanilla-utf8-query", url=HOST + "/?%E1%88%B4=bar")
    yield case("get-utf8", url=HOST + "/%E1%88%B4")
    yield case("get-space", url=HOST + "/example%20space/")
    yield case("get-unreserved", url=f"{HOST}/{unreserved}")
    for name, path in {"get-relative": "/example/..", "get-relative-relative": "/example1/example2/../..",
                       "get-slash": "//", "get-slash-dot-slash": "/./", "get-slash-pointless-dot": "/./example",
                       "get-slashes": "//example//"}.items():
        yield case(name, url=HOST + path)
    yield case("get-header-key-duplicate", headers=[("My-Header1", "value2"), ("My-Header1", "value2"),
                                                     ("My-Header1", "value1")])
    yield case("get-header-value-order", headers=[("My-Header1", v) for v in ("value4", "value1", "value3", "value2")])
    yield case("get-header-value-trim", headers=[("My-Header1", " value1"), ("My-Header2", ' "a   b   c"')])
    yield case("post-vanilla", "POST")
    yield case("post-vanilla-query", "POST", HOST + "/?Param1=value1")
    yield case("post-header-key-case", "POST", headers=[("MY-HEADER1", "VALUE1")])
    form = [("Content-Type", "application/x-www-form-urlencoded")]
    yield case("post-x-www-form-urlencoded", "POST", headers=form, body="Param1=value1")
    yield case("post-sts-token", "POST", token=TOKEN)
    yield case("not-signed", headers=[("User-Agent", "x"), ("X-Amzn-Trace-Id", "y"), ("Connection", "keep-alive")])
    yield case("port", url="http://127.0.0.1:5100/", service="ec2", region="us-west-2")
    yield case("own-port", url="https://ec2.us-west-2.amazonaws.com:443/", service="ec2", region="us-west-2")
    yield case("s3-path", url="https://b.s3.amazonaws.com/a//b/../c%20d", service="s3")
    yield case("s3-put", "PUT", url="https://b.s3.amazonaws.com/x", service="s3", body="hello", token=TOKEN)


def drawn(count):
    rng = random.Random(4)
    letters = string.ascii_letters + string.digits + "-._~ /+=&%é漢"

    def text(low, high):
        return "".join(rng.choice(letters) for _ in range(rng.randint(low, high)))

    for n in range(count):
        service = rng.choice(["ec2", "ssm", "iam", "sts", "s3", "pricing", "ce"])
        path = "/" + "/".join(quote(text(0, 6), safe="-._~") for _ in range(rng.randint(0, 4)))
        query = "&".join(quote(text(1, 5), safe="-._~") + "=" + quote(text(0, 8), safe="-._~")
                         for _ in range(rng.randint(0, 6)))
        headers = [("X-Amz-" + "".join(rng.choice(string.ascii_letters) for _ in range(4)),
                    "  ".join(text(1, 6).translate(str.maketrans("é漢", "ab")) for _ in range(rng.randint(1, 3))))
                   for _ in range(rng.randint(0, 4))]
        yield case(f"drawn-{n}", rng.choice(["GET", "POST", "PUT", "DELETE"]),
                   f"https://{service}.amazonaws.com{path}" + (f"?{query}" if query else ""), headers, text(0, 40),
                   service, rng.choice([None, TOKEN]), rng.choice(["us-east-1", "eu-central-1", "ap-south-1"]))


print("[\n" + ",\n".join(json.dumps(c, sort_keys=True) for c in [*published(), *drawn(60)]) + "\n]")
