"""Looks into an uploaded file in a process of its own, so that a hostile file can only end this process.

The argument is the extension the file goes by, its bytes come in on standard input. The answer is one line of JSON,
`{"media_type": …}` or `{"refused": why}`, and then the bytes of the copy without metadata. Memory and processor
time are limited before the first byte is read. Imports nothing of the suite.
"""

import io
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

MEMORY, SECONDS, PIXELS, PAGES = 512 * 2**20, 10, 25_000_000, 1000
MEMBERS, UNPACKED, RATIO, CHUNK = 2000, 50 * 2**20, 100, 2**16
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
KINDS = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "docx": DOCX}
STARTS = {"pdf": b"%PDF-", "jpg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n", "webp": b"RIFF", "docx": b"PK\x03\x04"}
# Who made it, what it ran on, what it would run or open, and what hides in it.
PDF_TRACES = (
    *("/Metadata", "/PieceInfo", "/LastModified", "/AA", "/OpenAction", "/JS", "/JavaScript", "/EmbeddedFiles"),
    *("/EF", "/AF", "/XFA", "/Perms", "/URI", "/RichMediaContent", "/RichMediaSettings", "/Collection"),
    *("/Author", "/Creator", "/Producer"),
)
NOTE_TRACES = ("/T", "/M", "/NM", "/CreationDate", "/FS")
UNSEEN = ("docprops/", "customxml/", "docmetadata/", "_xmlsignatures/")  # parts that say who wrote it
# Names of people, and of pictures the folders of their computers; when it was changed, and in which sitting.
HOME = rb"(?:descr|title|name)(?==[\"'](?:[A-Za-z]:[\\/]|\\\\|file:|/home/|/Users/))"
VALUE = rb"(?:\"[^\"<>]*\"|'[^'<>]*')"
DOCX_NAMES = re.compile(rb"(\s(?:\w+:(?:author|initials|userId|providerId)|" + HOME + rb")=)" + VALUE)
DOCX_TIMES = re.compile(rb"\s\w+:(?:date(?:Utc)?|rsid\w*)=" + VALUE + rb"|<w(?::rsid(?:Root)?|1\d:docId)\s[^<>]*>")
PNG_SHOWN = {b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs"}


class Refused(Exception):
    """The file cannot be taken; the argument is a word for why."""


def look(extension: str, data: bytes) -> bytes:
    """The copy without metadata of a file that is what it goes by; Refused otherwise."""
    if not data.startswith(STARTS[extension]) or KINDS[extension] not in sniffed(data):
        raise Refused("not_what_it_says")
    return {"pdf": pdf, "docx": docx}.get(extension, image)(data)


def sniffed(data: bytes) -> set[str]:
    """What the bytes may be, by the tables of magic numbers."""
    import puremagic  # noqa: PLC0415 - libraries only where they are needed: they are most of the start

    try:
        return {found.mime_type for found in puremagic.magic_string(data)}
    except puremagic.PureError:
        return set()


def image(data: bytes) -> bytes:
    """Drawn anew, turned as the camera held it: nothing but the picture is left."""
    from PIL import Image, ImageOps  # noqa: PLC0415

    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as picture:
        if picture.width * picture.height > PIXELS:
            raise Refused("pixels")
        form = str(picture.format)
        ImageOps.exif_transpose(picture, in_place=True)
        modes = {"RGB", "L"} if form == "JPEG" else {"RGB", "L", "RGBA", "LA"}
        clear = form != "JPEG" and picture.has_transparency_data
        plain = picture.mode in modes and "transparency" not in picture.info
        drawn = picture if plain else picture.convert("RGBA" if clear else "RGB")
        drawn.info.clear()
        out = io.BytesIO()
        drawn.save(out, form, quality=85, compress_level=4, method=0)
    return out.getvalue()


def pdf(data: bytes) -> bytes:
    """Written anew with what is reachable: without author, producer, scripts, actions and attachments."""
    import pikepdf  # noqa: PLC0415

    try:
        book = pikepdf.open(io.BytesIO(data))
    except pikepdf.PasswordError:
        raise Refused("locked") from None
    with book:
        if book.is_encrypted:
            raise Refused("locked")
        if not 0 < len(book.pages) <= PAGES:
            raise Refused("pages")
        for thing in book.objects:
            clean(thing, pikepdf)
        for name in {"/Info", "/ID"} & set(book.trailer.keys()):
            del book.trailer[name]
        out = io.BytesIO()
        book.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def clean(thing: Any, pikepdf: Any, depth: int = 0) -> None:
    """Take the traces out of one object of a PDF and of what lies directly in it."""
    if depth > 50:
        raise Refused("broken")
    several = isinstance(thing, pikepdf.Array)
    if not several and not isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        return
    for name in () if several else tuple(traces(thing, pikepdf)):
        if name in thing:
            del thing[name]
    if isinstance(thing, pikepdf.Stream):
        undress(thing, pikepdf)
    for inner in thing if several else [below for _name, below in thing.items()]:
        if isinstance(inner, pikepdf.Object) and not inner.is_indirect:
            clean(inner, pikepdf, depth + 1)


def traces(thing: Any, pikepdf: Any) -> Iterator[str]:
    """The keys that one dictionary of a PDF has to lose."""
    yield from PDF_TRACES
    action = thing.get("/A")
    if isinstance(action, pikepdf.Dictionary) and action.get("/S") not in (None, "/GoTo"):
        yield "/A"
    if "/Rect" in thing and thing.get("/Subtype") != "/Widget":
        yield from NOTE_TRACES
    if thing.get("/FT") == "/Sig":  # what is drawn for a signature is the name of who signed
        yield from ("/V", "/AP")


def undress(stream: Any, pikepdf: Any) -> None:
    """A photograph keeps its picture only, also where it is packed once more."""
    filters, parms = stream.get("/Filter"), stream.get("/DecodeParms")
    chain = list(filters) if isinstance(filters, pikepdf.Array) else [filters]
    if chain[-1:] != [pikepdf.Name.DCTDecode]:
        return
    if chain[:-1]:
        stream.Filter, stream.DecodeParms, parms = pikepdf.Array(chain[:-1]), pikepdf.Array(), None
    data = stream.read_bytes() if chain[:-1] else stream.read_raw_bytes()
    stream.write(bare_jpeg(data), filter=chain[-1], decode_parms=parms)


def bare_jpeg(data: bytes) -> bytes:
    """A JPEG without comments and without what cameras and programs write; colours need APP0 and APP14."""
    kept, at = [data[:2]], 2
    while data[at : at + 1] == b"\xff" and data[at + 1 : at + 2] not in {b"\xda", b"\xd9", b""}:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if not (0xE1 <= data[at + 1] <= 0xED or data[at + 1] in {0xEF, 0xFE}):
            kept.append(data[at:end])
        at = end
    return b"".join([*kept, data[at:]])


def bare_png(data: bytes) -> bytes:
    """A PNG without words, times and what programs add."""
    kept, at = [data[:8]], 8
    while chunk := data[at : at + 12 + int.from_bytes(data[at : at + 4], "big")]:
        kept += [chunk] if chunk[4:5].isupper() or chunk[4:8] in PNG_SHOWN else []
        at += len(chunk)
    return b"".join(kept)


def docx(data: bytes) -> bytes:
    """Packed anew without properties, authors of changes and remarks, and parts of other programs."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        weigh(old, len(data))
        names = old.namelist()
        if "word/document.xml" not in names or f"{DOCX}.main+xml".encode() not in old.read("[Content_Types].xml"):
            raise Refused("not_what_it_says")
        for name in names:
            if not name.endswith("/") and not name.lower().startswith(UNSEEN):
                new.writestr(zipfile.ZipInfo(name), blind_part(name, old.read(name)), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def weigh(archive: zipfile.ZipFile, packed: int) -> None:
    """Unpack every member within the limits before anything is read of it."""
    members = archive.infolist()
    names = [member.filename.lower() for member in members]
    if len(members) > MEMBERS or len(set(names)) < len(names):
        raise Refused("bomb")
    if any(member.flag_bits & 1 for member in members):
        raise Refused("locked")
    if any(re.search(r"vbaproject|vbadata|activex|oleobject|\.\.|\\|^/|embeddings/.*\.bin$", name) for name in names):
        raise Refused("macros")
    left = min(UNPACKED, RATIO * packed)
    for member in members:
        left -= weighed(archive, member, left)


def weighed(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> int:
    """How many bytes a member unpacks to; its header is not believed. XML has no DTD and is in UTF-8."""
    size, before, xml = 0, b"", member.filename.lower().endswith((".xml", ".rels", ".vml"))
    with archive.open(member) as stream:
        while chunk := stream.read(CHUNK):
            if xml and (re.search(rb"<!(DOCTYPE|ENTITY)", before + chunk) or not size and b"\0" in chunk[:100]):
                raise Refused("broken")
            size, before = size + len(chunk), chunk[-16:]
            if size > left:
                raise Refused("bomb")
    return size


def blind_part(name: str, part: bytes) -> bytes:
    """One part of a DOCX for the blind copy."""
    lower = name.lower()
    if lower.endswith((".rels", "[content_types].xml")):
        return listed(part)
    if lower.endswith(".xml"):
        return DOCX_TIMES.sub(b"", DOCX_NAMES.sub(rb'\1""', part))
    if "/embeddings/" in lower:
        return b""
    if part.startswith(STARTS["png"]):
        return bare_png(part)
    return bare_jpeg(part) if part.startswith(STARTS["jpg"]) else part


def listed(part: bytes) -> bytes:
    """Relations and types of parts without the dropped ones; links lead nowhere, and nothing else leads outside."""
    tree = ET.fromstring(part)  # noqa: S314 - has no DTD, see `weighed`
    for line in list(tree):
        if line.get("TargetMode") == "External":
            if not str(line.get("Type", "")).endswith("/relationships/hyperlink"):
                raise Refused("outside")
            line.set("Target", "about:blank")
        elif str(line.get("PartName") or line.get("Target", "")).lower().lstrip("./").startswith(UNSEEN):
            tree.remove(line)
    ET.register_namespace("", tree.tag[1:].partition("}")[0])
    return bytes(ET.tostring(tree, encoding="UTF-8", xml_declaration=True))


def tried(extension: str, data: bytes) -> tuple[dict[str, str], bytes]:
    """The answer of this process, whatever the file does to the libraries."""
    try:
        return {"media_type": KINDS[extension]}, look(extension, data)
    except BaseException as error:  # noqa: B036 - a panic of a library is no Exception
        known: dict[type[BaseException], str] = {Refused: str(error), MemoryError: "memory"}
        return {"refused": known.get(type(error), "broken")}, b""


def main() -> None:
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(what, (most, most))
    answer, blind = tried(sys.argv[1], sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + blind)


if __name__ == "__main__":
    main()
