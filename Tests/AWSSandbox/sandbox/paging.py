"""Pages for those of EC2's describe calls to which moto always gives everything."""
from __future__ import annotations

import re
from xml.etree import ElementTree

from .base import AwsError, Reply

PAGED_BY_MOTO = ("DescribeInstances", "DescribeLaunchTemplates", "DescribeLaunchTemplateVersions",
                 "DescribeVpcEndpointServices", "DescribeInstanceTypes", "DescribeInstanceTypeOfferings")
EC2 = "http://ec2.amazonaws.com/doc/2016-11-15/"


def check(action: str, params: dict[str, str]) -> None:
    """Refuse page sizes and tokens that EC2 refuses."""
    size = params.get("MaxResults")
    if size is not None and action.startswith("Describe"):
        if any(re.fullmatch(r"(?!Filter)\w+Ids?\.\d+", k) for k in params):
            raise AwsError("InvalidParameterCombination", "The parameter MaxResults cannot be used with ids")
        if not size.isdigit() or not 5 <= int(size) <= 1000:
            raise AwsError("InvalidParameterValue", f"Value ( {size} ) for parameter maxResults is invalid. "
                           "Expecting a value between 5 and 1000.")


def page(action: str, params: dict[str, str], reply: Reply, limit: int) -> Reply:
    """One page of a moto reply, with the token of the next; `limit` caps pages that nobody asked for."""
    size = int(params.get("MaxResults") or limit or 0)
    token = params.get("NextToken", "")
    wanted = action.startswith("Describe") and action not in PAGED_BY_MOTO and (size or token)
    if not wanted or not reply[0].startswith("200") or any(re.fullmatch(r"\w+Id\.\d+", k) for k in params):
        return reply
    size = min(size or 1000, limit or 1000)
    match = re.fullmatch(r"sandbox-page-(\d+)", token or "sandbox-page-0")
    if not match:
        raise AwsError("InvalidNextToken", "The token is not valid.")
    ElementTree.register_namespace("", EC2)
    root = ElementTree.fromstring(reply[2])
    rows = next((child for child in root if len(child) and all(x.tag.endswith("}item") for x in child)), None)
    if rows is None:
        return reply
    start = int(match[1])
    items = list(rows)
    for item in items[:start] + items[start + size:]:
        rows.remove(item)
    if start + size < len(items):
        for old in root.findall(f"{{{EC2}}}nextToken"):
            root.remove(old)
        ElementTree.SubElement(root, f"{{{EC2}}}nextToken").text = f"sandbox-page-{start + size}"
    data = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    headers = [(k, v) for k, v in reply[1] if k.lower() != "content-length"]
    return reply[0], [*headers, ("Content-Length", str(len(data)))], data
