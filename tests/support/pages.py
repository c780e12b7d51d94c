"""What every page must be, checked on every page a test fetches."""

import re
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree as ET

import html5lib

LABELLED = {"input", "select", "textarea"}
UNLABELLED_TYPES = {"hidden", "submit"}
RELATIVE = re.compile(r"^(data:|/(?!/)|#|\?|mailto:|webcal:|https?://127\.0\.0\.1|https?://localhost)")


def parse(html: str) -> ET.Element:
    """The page as a tree without namespaces; html5lib repairs what it must. Look at it, do not change it."""
    return _parsed(html)[0]


def parse_errors(html: str) -> list[str]:
    return [f"{position}: {code} {values}" for position, code, values in _parsed(html)[1]]


@lru_cache(maxsize=4)
def _parsed(html: str) -> tuple[ET.Element, list[Any]]:
    """Tree and errors of one reading: it is what costs a page test its time."""
    parser = html5lib.HTMLParser(html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    return parser.parse(html), parser.errors


def text_of(element: ET.Element) -> str:
    return " ".join("".join(element.itertext()).split())


def check_page(html: str, headers: dict[str, str]) -> list[str]:
    """Everything wrong with a page, in words; empty for a good one."""
    tree = parse(html)
    faults = parse_errors(html)
    faults += _head(tree, headers) + _labels(tree) + _forms(tree) + _attributes(tree)
    return faults


def _head(tree: ET.Element, headers: dict[str, str]) -> list[str]:
    faults = []
    if tree.get("lang") not in {"kk", "ru", "en"}:
        faults.append("html has no lang")
    title = tree.find(".//title")
    if title is None or not text_of(title):
        faults.append("no title")
    count = len(tree.findall(".//h1"))
    if count != 1:
        faults.append(f"{count} h1")
    policy = headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe-inline" in policy:
        faults.append("no strict Content-Security-Policy")
    return faults


def _labels(tree: ET.Element) -> list[str]:
    labelled = {label.get("for") for label in tree.iter("label")}
    inside = {id(e) for label in tree.iter("label") for e in label.iter()}
    faults = []
    for element in tree.iter():
        if element.tag not in LABELLED or element.get("type") in UNLABELLED_TYPES:
            continue
        named = element.get("id") in labelled or id(element) in inside or element.get("aria-label")
        if not named:
            faults.append(f"{element.tag} {element.get('name')} has no label")
    for button in tree.iter("button"):
        if not text_of(button):
            faults.append("a button without words")
    return faults


def _forms(tree: ET.Element) -> list[str]:
    faults = []
    for form in tree.iter("form"):
        names = {e.get("name") for e in form.iter("input")}
        if form.get("method", "get").lower() == "post" and "csrf_token" not in names:
            faults.append(f"form {form.get('action')} has no csrf_token")
    return faults


def _attributes(tree: ET.Element) -> list[str]:
    faults, seen = [], set()
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag in {"script", "style"}:
            faults.append(f"a <{element.tag}>")
        faults += [f"{name} on {element.tag}" for name in element.attrib if name == "style" or name.startswith("on")]
        name = element.get("id")
        if name and name in seen:
            faults.append(f"id {name} twice")
        seen.add(name)
        for attribute in ("src", "action"):
            if element.get(attribute) and not RELATIVE.match(element.get(attribute, "")):
                faults.append(f"{attribute} {element.get(attribute)} is not ours")
        if element.tag == "link" and not re.match(r"^(/|data:)", element.get("href", "")):
            faults.append(f"link {element.get('href')} is not ours")
    for element in tree.iter():
        for reference in (element.get("aria-describedby") or "").split():
            if reference not in seen:
                faults.append(f"aria-describedby {reference} points nowhere")
    return faults
