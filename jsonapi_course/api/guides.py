"""The guides, docs/*.md, as HTML. In a checkout jsonapi_course/docs is a link to that folder; a package has it."""

import re
from functools import lru_cache
from pathlib import Path

from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from .site import with_id

FOLDER = Path(__file__).parent.parent / "docs"
DOCUMENTED_ROOT = "http://127.0.0.1:5000"  # what the examples of the guides call the service
_FIRST = ["students", "checkin", "instructors", "operators"]  # then the others, by name


class Guide:
    """One file: its name in URLs, its title, its sections as (level, anchor, text) and its HTML."""

    def __init__(self, path):
        self.name = path.stem
        self._tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(path.read_text("utf-8"))
        self.sections = list(self._mark_headings())
        self.title = self.sections[0][2] if self.sections else self.name
        self.sections = [section for section in self.sections if section[0] == 2]

    def _mark_headings(self):
        for number, token in enumerate(self._tokens):
            if token.type == "heading_open":
                text = "".join(part.content for part in self._tokens[number + 1].children)
                token.attrSet("id", anchor_of(text))
                yield int(token.tag[1]), anchor_of(text), text

    def html(self, root, url_of):
        """The page's main part: examples call the service `root`; `url_of(link)` is a link's place or None."""
        return Markup("".join(_rendered(self._tokens, root, url_of)))


def anchor_of(heading):
    """The anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _rendered(tokens, root, url_of):
    """Pieces of HTML. Own rules where the site differs from plain CommonMark: code, links, tables."""
    open_links = []
    for token in tokens:
        if token.type == "inline":
            yield from _rendered(token.children, root, url_of)
        elif token.type == "fence":
            label = {"sh": "shell", "js": "JavaScript"}.get(token.info, token.info)
            code = with_id(token.content.rstrip("\n").replace(DOCUMENTED_ROOT, root))
            kind = "snippet" if token.info in ("sh", "js") else "snippet answer"
            yield f'<figure class="{kind}"><figcaption>{escape(label)}</figcaption>'
            yield f'<pre tabindex="0" role="region" aria-label="{escape(label)}">{code}</pre></figure>\n'
        elif token.type == "code_inline":
            yield f"<code>{with_id(token.content.replace(DOCUMENTED_ROOT, root))}</code>"
        elif token.type == "text":
            yield str(escape(token.content))
        elif token.type in ("softbreak", "hardbreak"):
            yield "\n" if token.type == "softbreak" else "<br>\n"
        elif token.type == "link_open":
            href = token.attrs["href"]
            href = href if re.match("https?:|#", href) else url_of(href)
            open_links.append(href)
            yield f'<a href="{escape(href)}">' if href else ""
        elif token.type == "link_close":
            yield "</a>" if open_links.pop() else ""
        elif token.type == "table_open":
            yield '<div class="wide" tabindex="0"><table>\n'
        elif token.type == "table_close":
            yield "</table></div>\n"
        elif token.hidden:
            continue
        elif token.nesting < 0:
            yield f"</{token.tag}>\n" if token.block else f"</{token.tag}>"
        else:
            attributes = "".join(f' {name}="{escape(value)}"' for name, value in token.attrs.items() if name == "id")
            yield f"<{token.tag}{attributes}>"


@lru_cache(maxsize=1)
def all_guides():
    """Every guide, in the order in which they are offered."""
    paths = sorted(FOLDER.glob("*.md"), key=lambda path: (*[path.stem != name for name in _FIRST], path.stem))
    return [Guide(path) for path in paths]


def find(name):
    return next((guide for guide in all_guides() if guide.name == name), None)
