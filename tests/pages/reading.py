"""What stands on a page: its links, anchors, assets and texts, as a parser of HTML finds them."""

import html
import json
import re
from html.parser import HTMLParser

_INSIDE_WORDS = {"a", "code", "em", "span", "strong"}


class Page(HTMLParser):
    """`links` are the hrefs of <a>, `anchors` all ids, `assets` what the browser loads by itself, `text` what is read."""

    def __init__(self, source):
        super().__init__()
        self.source = source
        self.links, self.anchors, self.assets, self.inline, self.words = [], [], [], [], []
        self._open = None
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self._open = tag
        self.words += [" "] * (tag not in _INSIDE_WORDS)
        if "id" in attributes:
            self.anchors.append(attributes["id"])
        if tag == "a":
            self.links.append(attributes["href"])
        elif tag == "link":
            self.assets.append(attributes["href"])
        elif "src" in attributes:
            self.assets.append(attributes["src"])
        self.inline += [f"{tag} {name}" for name in attributes if name == "style" or name.startswith("on")]

    def handle_endtag(self, tag):
        self._open = None

    def handle_data(self, data):
        if self._open in ("script", "style"):
            self.inline += [f"<{self._open}>"] * bool(data.strip())
        else:
            self.words.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", "".join(self.words))

    @property
    def snippets(self):
        """{label: text} of what can be copied; the last one of a label."""
        found = re.findall(
            r'<figure class="snippet[^"]*">\s*<figcaption>(.*?)</figcaption>\s*<pre[^>]*>(.*?)</pre>', self.source, re.S
        )
        return {html.unescape(label): without_tags(text) for label, text in found}

    @property
    def document(self):
        """The JSON document of a browsable answer."""
        return json.loads(without_tags(re.search(r'<pre class="document"[^>]*>(.*?)</pre>', self.source, re.S)[1]))


def without_tags(source):
    return html.unescape(re.sub("<[^>]+>", "", source))
