"""Files as people make them, with their names in the metadata, and files that mean harm."""

import base64
import io
import zipfile

import docx
import pikepdf
from docx.oxml import parse_xml
from PIL import Image
from PIL.PngImagePlugin import PngInfo

AUTHOR = "Айгүл Сейітова"
MB = 2**20


def picture(form="JPEG", size=(60, 40), mode="RGB"):
    """A picture with what a camera writes into it."""
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010E], exif[0x013B] = "GPS 49.8", "Aigul"  # ImageDescription, Artist
    Image.effect_mandelbrot(size, (-2, -1.5, 1, 1.5), 30).convert(mode).save(out, form, exif=exif.tobytes())
    return out.getvalue()


def pdf(pages=2, javascript=True):
    """A PDF with an author, XMP, a script, an attachment, a link, a remark and a photograph."""
    book, out = pikepdf.new(), io.BytesIO()
    for _ in range(pages):
        book.add_blank_page(page_size=(595, 842))
    photo = pikepdf.Stream(book, picture())
    photo.stream_dict = pikepdf.Dictionary(
        Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=60, Height=40, BitsPerComponent=8,
        ColorSpace=pikepdf.Name.DeviceRGB, Filter=pikepdf.Name.DCTDecode,
    )  # fmt: skip
    packed = pikepdf.Stream(book, base64.a85encode(picture()) + b"~>")
    packed.stream_dict = pikepdf.Dictionary(photo.stream_dict)
    packed.Filter = pikepdf.Array([pikepdf.Name.ASCII85Decode, pikepdf.Name.DCTDecode])
    page = book.pages[0]
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=photo, Im1=packed))
    page.Contents = pikepdf.Stream(book, b"q 60 0 0 40 50 50 cm /Im0 Do Q")
    signed = book.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, Rect=[0, 0, 9, 9], FT=pikepdf.Name.Sig,
            T="Signature1", AP=pikepdf.Dictionary(N=pikepdf.Stream(book, b"(Signed by Aigul) Tj")),
        )
    )  # fmt: skip
    book.Root.AcroForm = pikepdf.Dictionary(Fields=[signed])
    link = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="mailto:aigul@example.kz")
    page.Annots = book.make_indirect(
        pikepdf.Array([
            pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=link),
            pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 9, 9], T=AUTHOR),
            signed,
        ])
    )  # fmt: skip
    book.docinfo["/Author"] = AUTHOR
    with book.open_metadata() as xmp:
        xmp["dc:creator"] = [AUTHOR]
    if javascript:
        book.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('Aigul')")
        book.attachments["Aigul.txt"] = b"Aigul"
    book.save(out)
    return out.getvalue()


def document(**members):
    """A DOCX with an author, a link, and other members (`__` stands for `/`); a number is so many MB of zeros."""
    made, out = docx.Document(), io.BytesIO()
    made.core_properties.author = made.core_properties.last_modified_by = AUTHOR
    made.add_paragraph("Сабақ жоспары")
    made.add_picture(io.BytesIO(picture()))
    made.add_picture(io.BytesIO(commented_png()))
    made.inline_shapes[1]._inline.docPr.set("descr", "C:\\Users\\Aigul\\photo.png")
    made.inline_shapes[0]._inline.docPr.set("descr", "Оқушылар/сынып")
    made.settings.element.append(parse_xml(RSIDS))
    made.part.relate_to("https://aigul.example.kz", f"{RELATIONS}/hyperlink", is_external=True)
    made.save(out)
    return repacked(out.getvalue(), **members)


def commented_png():
    """A PNG with words, as programs that edit pictures write them."""
    out, words = io.BytesIO(), PngInfo()
    words.add_text("Author", "Aigul")
    Image.new("RGB", (30, 20), "red").save(out, "PNG", pnginfo=words)
    return out.getvalue()


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RSIDS = f'<w:rsids xmlns:w="{WORD}"><w:rsidRoot w:val="00A1B2C3"/><w:rsid w:val="00A1B2C3"/></w:rsids>'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
REMARK = (
    f'<w:ins w:id="1" w:author="{AUTHOR}" w:date="2026-11-01T10:00:00Z" w:rsidR="00A1B2C3">'
    "<w:r><w:t>қосылған</w:t></w:r></w:ins>"
).encode()


def repacked(data, **members):
    out = io.BytesIO()
    members = {name.replace("__", "/"): content for name, content in members.items()}
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in members:
                part = old.read(name)
                part = part.replace(b"</w:p>", REMARK + b"</w:p>", 1) if name == "word/document.xml" else part
                new.writestr(name, part)
        for name, content in members.items():
            with new.open(name, "w") as part:
                for _ in range(content if isinstance(content, int) else 0):
                    part.write(bytes(MB))
                part.write(b"" if isinstance(content, int) else content)
    return out.getvalue()


def relation(kind, target):
    """The relations of a document with one that leads outside."""
    return (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{RELATIONS}/{kind}" Target="{target}" TargetMode="External"/></Relationships>'
    ).encode()


def locked_pdf():
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as book:
        book.save(out, encryption=pikepdf.Encryption(owner="x", user=""))
    return out.getvalue()


def plain_zip():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("hello.txt", b"x")
    return out.getvalue()


def huge_png():
    """40 megapixels in a few kilobytes."""
    out = io.BytesIO()
    Image.new("L", (8000, 5000)).save(out, "PNG")
    return out.getvalue()


HTML = b"<!DOCTYPE html><script>alert(document.cookie)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
DTD = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
HOSTILE = {
    "HTML named .pdf": ("x.pdf", lambda: HTML),
    "SVG": ("x.svg", lambda: SVG),
    "SVG named .png": ("x.png", lambda: SVG),
    "HTML before a PDF": ("x.pdf", lambda: HTML + pdf()),
    "ZIP named .pdf": ("x.pdf", plain_zip),
    "PDF named .docx": ("x.docx", pdf),
    "PDF named .jpg": ("x.jpg", pdf),
    "PNG named .jpg": ("x.jpg", lambda: picture("PNG")),
    "no extension": ("pdf", pdf),
    "two extensions": ("x.pdf.html", pdf),
    "executable": ("x.pdf", lambda: b"MZ" + bytes(500)),
    "40 megapixels": ("x.png", huge_png),
    "bomb as DOCX": ("x.docx", lambda: document(word__big=60)),
    "ratio": ("x.docx", lambda: document(word__media__x=8)),
    "many members": ("x.docx", lambda: document(**{f"word__x{n}.xml": b"<x/>" for n in range(2100)})),
    "macros": ("x.docx", lambda: document(**{"word__vbaProject.bin": b"x"})),
    "object of another program": ("x.docx", lambda: document(**{"word__embeddings__oleObject1.bin": b"x"})),
    "template from elsewhere": (
        "x.docx",
        lambda: document(**{"word___rels__settings.xml.rels": relation("attachedTemplate", "http://x/y.dotm")}),
    ),
    "outside entity": ("x.docx", lambda: document(**{"word__styles.xml": DTD})),
    "plain ZIP as DOCX": ("x.docx", plain_zip),
    "half a DOCX": ("x.docx", lambda: document()[:-300]),
    "locked PDF": ("x.pdf", locked_pdf),
    "PDF without a page": ("x.pdf", lambda: pdf(pages=1).replace(b"/Type /Page", b"/Type /Gone")[:200]),
    "empty": ("x.pdf", lambda: b""),
    "too large": ("x.pdf", lambda: pdf() + bytes(10 * MB)),
}
