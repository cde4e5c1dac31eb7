"""iam:SimulatePrincipalPolicy, which moto has not: what the policies of a user or a role allow, as IAM evaluates them.

Source: "Policy evaluation logic" and "SimulatePrincipalPolicy" in the references of IAM. An explicit deny wins, then an allow,
and what nobody mentions is denied. Boundaries and service control policies are not simulated."""
from __future__ import annotations

import json
import re
from typing import Any
from xml.sax.saxutils import escape

from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.iam.models import iam_backends

from .base import AwsError


def simulate(p: dict[str, str]) -> str:
    """The answer's result element."""
    documents = list(policies(p.get("PolicySourceArn", "")))
    context = {}
    for key in members(p, "ContextEntries.member", ".ContextKeyName"):
        name = f"ContextEntries.member.{key[0]}.ContextKeyValues.member"
        context[key[1].lower()] = [value for _, value in members(p, name)]
    resources = [value for _, value in members(p, "ResourceArns.member")] or ["*"]
    results = ""
    for _, action in members(p, "ActionNames.member"):
        if not re.fullmatch(r"[a-z0-9-]+:[A-Za-z0-9*]+", action):
            raise AwsError("InvalidInput", f"Invalid Entity Action: {action}")
        each = [(arn, decide(documents, action, arn, context)) for arn in resources]
        order = ["explicitDeny", "implicitDeny", "allowed"]
        overall = min((decision for _, decision in each), key=order.index)
        specific = "".join(f"<member><EvalResourceName>{escape(arn)}</EvalResourceName><EvalResourceDecision>{decision}"
                           "</EvalResourceDecision></member>" for arn, decision in each)
        results += (f"<member><EvalActionName>{escape(action)}</EvalActionName><EvalResourceName>{escape(resources[0])}"
                    f"</EvalResourceName><EvalDecision>{overall}</EvalDecision><ResourceSpecificResults>{specific}"
                    "</ResourceSpecificResults></member>")
    return f"<EvaluationResults>{results}</EvaluationResults><IsTruncated>false</IsTruncated>"


def members(p: dict[str, str], prefix: str, suffix: str = "") -> list[tuple[int, str]]:
    """The entries of a list, with their numbers."""
    found = []
    while (value := p.get(f"{prefix}.{len(found) + 1}{suffix}")) is not None:
        found.append((len(found) + 1, value))
    return found


def policies(arn: str) -> Any:
    """The statements that a user or a role has, inline and attached."""
    iam = iam_backends[ACCOUNT]["aws"]
    known = {each.arn: each for each in (*iam.users.values(), *iam.roles.values())}
    if arn not in known:
        raise AwsError("NoSuchEntity", f"The entity {arn} cannot be found.", 404)
    who = known[arn]
    inline = [who.policies[name] for name in who.policies]
    managed = [*who.managed_policies.values()]
    for group in (g for g in iam.groups.values() if who in g.users):
        inline += list(group.policies.values())
        managed += group.managed_policies.values()
    attached = [version.document for policy in managed for version in policy.versions if version.is_default]
    for text in inline + attached:
        statements = (json.loads(text) if isinstance(text, str) else text)["Statement"]
        yield from statements if isinstance(statements, list) else [statements]


def decide(statements: list[dict[str, Any]], action: str, resource: str, context: dict[str, list[str]]) -> str:
    effects = {s["Effect"] for s in statements if concerns(s, "Action", action, re.IGNORECASE)
               and concerns(s, "Resource", resource) and holds(s.get("Condition", {}), context)}
    return "explicitDeny" if "Deny" in effects else "allowed" if "Allow" in effects else "implicitDeny"


def concerns(statement: dict[str, Any], element: str, value: str, flags: int = 0) -> bool:
    inverted = "Not" + element in statement
    patterns = statement.get("Not" + element) if inverted else statement.get(element, [])
    listed = [patterns] if isinstance(patterns, str) else patterns or []
    return any(matches(pattern, value, flags) for pattern in listed) != inverted


def matches(pattern: str, value: str, flags: int = 0) -> bool:
    text = "".join(".*" if c == "*" else "." if c == "?" else re.escape(c) for c in pattern)
    return re.fullmatch(text, value, flags | re.DOTALL) is not None


def holds(condition: dict[str, dict[str, Any]], context: dict[str, list[str]]) -> bool:
    for operator, keys in condition.items():
        for key, wanted in keys.items():
            wanted = [wanted] if isinstance(wanted, str) else [str(w) for w in wanted]
            given = context.get(key.lower())
            if operator == "Null":
                if (given is None) != (wanted[0].lower() == "true"):
                    return False
            elif operator == "StringEquals":
                if given is None or not set(given) & set(wanted):
                    return False
            elif operator in ("StringLike", "ArnEquals", "ArnLike"):
                if given is None or not any(matches(w, g) for w in wanted for g in given):
                    return False
            else:
                raise NotImplementedError(f"conditions with {operator} are not simulated")
    return True
