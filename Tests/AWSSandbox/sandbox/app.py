"""The WSGI application: one AWS call after the other."""
from __future__ import annotations

import hashlib
import io
import json
import random
import re
import threading
import traceback
import uuid
from collections import Counter
from typing import Any, Callable
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from moto.ce.models import ce_backends
from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from . import paging, policies, rules
from .base import AwsError, Reply, Settings, json_reply, xml_reply
from .billing import Billing
from .cloudwatch import CloudWatch
from .control import Control
from .ec2 import Ec2
from .machines import Machines
from .placement import PlacementGroups
from .sigv4 import verify
from .ssm import Ssm


class Sandbox:
    """The WSGI application: counts, injects faults, answers what is ours and passes the rest to moto."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.random = settings, random.Random(settings.seed)
        self.machines = Machines(settings)
        self.ec2, self.ssm = Ec2(settings, self.machines), Ssm(settings, self.machines)
        self.placement, self.control = PlacementGroups(), Control(self)
        self.billing = Billing(settings, self.ec2.volumes)
        self.cloudwatch = CloudWatch(settings, self.ec2.volumes)
        self.moto = DomainDispatcherApplication(create_backend_app)
        self.lock, self.counts, self.tokens = threading.RLock(), Counter[str](), dict[str, tuple[str, Reply]]()
        self.faults: list[dict[str, Any]] = []
        self.own: dict[str, Callable[[str, dict[str, Any]], dict[str, Any]]] = {
            "ssm.DescribeInstanceInformation": self.ssm.describe_instance_information,
            "ssm.SendCommand": self.ssm.send_command, "ssm.GetCommandInvocation": self.ssm.get_command_invocation,
            "ssm.ListCommands": self.ssm.list_commands, "ssm.CancelCommand": self.ssm.cancel_command,
            "ssm.ListCommandInvocations": self.ssm.list_command_invocations,
            "ce.GetCostAndUsage": self.billing.get_cost_and_usage, "pricing.GetProducts": self.billing.get_products,
            "servicequotas.GetServiceQuota": self.quota}

    def quota(self, region: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Service Quotas: virtual CPUs of the standard families (others were never raised from zero), networks, disks."""
        service, code = asked.get("ServiceCode", ""), asked.get("QuotaCode", "")
        cpus, disks = self.settings.vcpu_limit, self.settings.storage_limit_tib
        known = {("ec2", "L-1216C47A"): ("Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", cpus),
                 ("ec2", "L-34B43A08"): ("All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests", cpus),
                 ("vpc", "L-F678F1CE"): ("VPCs per Region", self.settings.vpc_limit),
                 ("ebs", "L-7A658B76"): ("Storage for General Purpose SSD (gp3) volumes, in TiB", disks),
                 ("ebs", "L-D18FCD1D"): ("Storage for General Purpose SSD (gp2) volumes, in TiB", disks),
                 ("ebs", "L-09BD8365"): ("Storage for Provisioned IOPS SSD (io2) volumes, in TiB", disks)}
        other = service == "ec2" and re.fullmatch(r"L-[0-9A-F]{8}", code)
        if (service, code) not in known and not other:
            raise AwsError("NoSuchResourceException", f"The request failed because quota {code} does not exist.")
        name, value = known.get((service, code), (code, 0))
        return {"Quota": {"ServiceCode": service, "QuotaCode": code, "QuotaName": name, "Value": float(value),
                          "Unit": "None", "Adjustable": True, "GlobalQuota": False}}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        path, query = environ["PATH_INFO"], dict(parse_qsl(environ.get("QUERY_STRING", "")))
        if path.startswith("/sandbox/"):
            posted = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            status, headers, data = self.control.answer(path[9:], query, json.loads(posted or b"{}"))
        else:
            status, headers, data = self.serve(path, query, environ)
        start_response(status, headers)
        return [data]

    def serve(self, path: str, query: dict[str, str], environ: dict[str, Any]) -> Reply:
        """One AWS call: whose it is, what may go wrong with it, and its answer."""
        scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].split(",")[0].split("/")
        scope = query.get("X-Amz-Credential", "").split("/") if len(scope) < 5 else scope
        region, service = (scope[2], scope[3]) if len(scope) > 4 else (self.settings.region, "s3")
        target, params, body = environ.get("HTTP_X_AMZ_TARGET", ""), query, b""
        if service != "s3":
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = io.BytesIO(body)
            if not target:
                params = {**query, **dict(parse_qsl(body.decode(), keep_blank_values=True))}
        action = target.rpartition(".")[2] or params.get("Action") or f"{environ['REQUEST_METHOD']} {path.count('/')}"
        name = f"{service}.{action}"
        with self.lock:
            self.counts[name] += 1
            fault = self.fault(name)
        try:
            if self.settings.secret:
                verify(environ, body, self.settings.secret)
            if scope[0] in self.settings.expired_keys.split(","):
                raise self.expired(service, bool(target))
            if fault and not fault["after"]:
                raise AwsError(fault["code"], "injected by the sandbox", fault["http"])
            reply = self.answer(name, service, action, region, params, body, environ)
            if fault:
                raise AwsError(fault["code"], "injected by the sandbox after the effect", fault["http"])
            return reply
        except AwsError as error:
            return self.failure(service, bool(target), error)
        except NotImplementedError as gap:  # 501: clients do not try again
            return self.failure(service, bool(target), AwsError("NotImplemented", str(gap), 501))
        except Exception:  # ours or moto's: tell it in the log, and to the caller in its own format
            traceback.print_exc()
            return self.failure(service, bool(target), AwsError("InternalFailure", "see the sandbox's log", 500))

    def answer(self, name: str, service: str, action: str, region: str, params: dict[str, str], body: bytes,
               environ: dict[str, Any]) -> Reply:
        queued = name == "ce.GetCostAndUsage" and ce_backends[ACCOUNT]["aws"].cost_usage_results_queue
        if name in self.own and not queued:
            return json_reply(self.own[name](region, json.loads(body or b"{}")), "application/x-amz-json-1.1")
        if name == "monitoring.GetMetricData":
            with self.lock:
                return self.cloudwatch.get_metric_data(region, params)
        with self.lock:
            if name == "iam.SimulatePrincipalPolicy":
                request = str(uuid.uuid4())
                return xml_reply(f'<{action}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><{action}Result>'
                                 f"{policies.simulate(params)}</{action}Result><ResponseMetadata><RequestId>{request}"
                                 f"</RequestId></ResponseMetadata></{action}Response>", request=request)
            if service != "ec2":
                return self.forward(environ)
            token, same = params.get("ClientToken", ""), hashlib.sha1(repr(sorted(
                (k, v) for k, v in params.items() if k != "ClientToken")).encode()).hexdigest()
            if (known := self.tokens.get(f"{region}/{action}/{token}")) and token:
                if known[0] != same:
                    raise AwsError("IdempotentParameterMismatch", "The client token was used with other parameters")
                return known[1]
            rules.check(action, params, region, self.settings, self.placement.groups)
            prices = action == "DescribeSpotPriceHistory"
            if prices or action.endswith(("PlacementGroup", "PlacementGroups")):
                inner = self.billing.spot_prices(params) if prices else self.placement.answer(action, params)
                request = str(uuid.uuid4())
                return xml_reply(f'<{action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>'
                                 f"{request}</requestId>{inner}</{action}Response>", request=request)
            paging.check(action, params)
            self.ec2.params = params
            reply = paging.page(action, params, self.forward(environ), self.settings.page_limit)
            if token and reply[0].startswith("200"):
                self.tokens[f"{region}/{action}/{token}"] = (same, reply)
            return reply

    def forward(self, environ: dict[str, Any]) -> Reply:
        """Let moto answer."""
        start: list[Any] = []
        parts = self.moto(environ, lambda status, headers, exc=None: start.extend((status, headers)))
        return self.identified(start[0], start[1], b"".join(parts))

    @staticmethod
    def identified(status: str, headers: list[tuple[str, str]], data: bytes) -> Reply:
        """The reply with one fresh request id, in its headers and, where XML names one, in its text."""
        request = str(uuid.uuid4())
        if data[:1] == b"<" and len(data) < 4_000_000:
            data = re.sub(rb"<(requestId|RequestId|RequestID)>[^<]*</", rb"<\1>" + request.encode() + b"</", data)
        drop = {"x-amzn-requestid", "x-amz-request-id", "content-length"}
        kept = [(k, v) for k, v in headers if k.lower() not in drop]
        if any(k.lower() == "content-length" for k, _ in headers) and not (status.startswith("200") and not data):
            kept.append(("Content-Length", str(len(data))))
        else:
            kept += [(k, v) for k, v in headers if k.lower() == "content-length"]
        return status, [*kept, ("x-amzn-RequestId", request), ("x-amz-request-id", request)], data

    def fault(self, name: str) -> dict[str, Any] | None:
        """The fault to inject into this call: one that was asked for, else one by chance."""
        for fault in self.faults:
            if fault["action"] in (name, "*") and fault["count"] > 0:
                fault["count"] -= 1
                return fault
        known = {"ssm": ("ThrottlingException", 400), "ec2": ("RequestLimitExceeded", 503)}
        throttle = known.get(name.partition(".")[0], ("Throttling", 400))
        for rate, code, http, after in ((self.settings.throttle_rate, *throttle, False),
                                        (self.settings.error_rate, "InternalError", 500, False),
                                        (self.settings.lost_reply_rate, "InternalError", 500, True)):
            if self.random.random() < rate:
                return {"code": code, "http": http, "after": after}
        return None

    @staticmethod
    def expired(service: str, is_json: bool) -> AwsError:
        """What a service says of temporary credentials that have ended: EC2 has a code of its own."""
        if service == "ec2":
            return AwsError("RequestExpired", "Request has expired.")
        return AwsError("ExpiredTokenException" if is_json else "ExpiredToken",
                        "The security token included in the request is expired", 400 if is_json else 403)

    def failure(self, service: str, is_json: bool, error: AwsError) -> Reply:
        """An error in the wire format of the service."""
        status = f"{error.http} {'Bad Request' if error.http < 500 else 'Error'}"
        if is_json:
            code = "InternalServerError" if error.code == "InternalError" else error.code
            return json_reply({"__type": code, "message": error.message}, "application/x-amz-json-1.1", status)
        inner = f"<Error><Code>{error.code}</Code><Message>{escape(error.message)}</Message></Error>"
        request = str(uuid.uuid4())
        s3 = inner.replace("</Error>", f"<RequestId>{request}</RequestId><HostId>sandbox</HostId></Error>")
        text = {"ec2": f"<Response><Errors>{inner}</Errors><RequestID>{request}</RequestID></Response>", "s3": s3}
        query = f"<ErrorResponse>{inner}<RequestId>{request}</RequestId></ErrorResponse>"
        return xml_reply(text.get(service, query), status, request)
