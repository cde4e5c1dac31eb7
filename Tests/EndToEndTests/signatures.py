"""Signs generated requests with botocore; one JSON object a line. The same ones each time: the generator is seeded."""
import datetime
import json
import random
import string
from urllib.parse import quote

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

random.seed(20261124)
moment = datetime.datetime(2026, 11, 24, 3, 51, 46)
for name in ("get_current_datetime", "get_current_datetime_utc"):
    if hasattr(botocore.auth, name):
        setattr(botocore.auth, name, lambda *_, **__: moment)
alphabet = string.ascii_letters + string.digits + "-._~ /!$&'()*+,;=:@éß漢😀%"


def text(most: int, letters: str = alphabet) -> str:
    return "".join(random.choice(letters) for _ in range(random.randint(0, most)))


for number in range(1000):
    service = random.choice(["ec2", "ssm", "iam", "sts", "s3"])
    region = random.choice(["us-east-1", "eu-west-1", "cn-north-1", "us-gov-west-1"])
    host = random.choice([f"{service}.{region}.amazonaws.com", "localhost:5000", "bucket.s3.amazonaws.com"])
    segments = [quote(text(8), safe="") for _ in range(random.randint(0, 4))]
    if random.random() < 0.2:
        segments.insert(random.randint(0, len(segments)), random.choice(["", ".", ".."]))
    pairs = [(text(6) or "k", text(8)) for _ in range(random.randint(0, 5))]
    kind = random.choice(["header", "header", "unsigned" if service == "s3" else "header", "presigned"])
    if kind == "presigned":  # botocore forgets all but the last of repeated parameters in a URL that it presigns
        pairs = list(dict(pairs).items())
    elif pairs and random.random() < 0.3:
        pairs.append((pairs[0][0], text(4)))
    query = "&".join(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in pairs)
    scheme = "http" if host.startswith("localhost") else "https"
    url = f"{scheme}://{host}/{'/'.join(segments)}" + (f"?{query}" if query else "")
    plain = string.ascii_letters + string.digits + "-_./ "
    headers = {f"X-Amz-Meta-{i}": text(12, plain + "  ").strip() or "v" for i in range(random.randint(0, 3))}
    if random.random() < 0.5:
        headers["Content-Type"] = "application/x-amz-json-1.1"
    body = text(60).encode() if random.random() < 0.6 else b""
    method = random.choice(["GET", "POST", "PUT", "DELETE"])
    token = text(20, string.ascii_letters + "/+=") or None if random.random() < 0.5 else None
    credentials = Credentials("AKIDEXAMPLE", "secret/" + text(20, string.ascii_letters + "/+"), token)
    if kind == "presigned":
        headers, body = {}, b""
    request = AWSRequest(method=method, url=url, headers=dict(headers), data=body)
    expires = random.randint(1, 604800)
    if kind == "presigned":
        auth = botocore.auth.S3SigV4QueryAuth if service == "s3" else botocore.auth.SigV4QueryAuth
        signer = auth(credentials, service, region, expires=expires)
    elif service == "s3":
        request.context["payload_signing_enabled"] = kind == "header"
        request.context["client_config"] = Config(s3={"payload_signing_enabled": kind == "header"})
        signer = botocore.auth.S3SigV4Auth(credentials, service, region)
    else:
        signer = botocore.auth.SigV4Auth(credentials, service, region)
    signer.add_auth(request)
    print(json.dumps({
        "service": service, "region": region, "method": method, "url": url, "headers": headers, "body": body.decode(),
        "secret": credentials.secret_key, "token": token, "kind": kind, "expires": expires,
        "authorization": request.headers["Authorization"] or "", "signed": request.url,
    }))
