"""The language of an answer: German where the client prefers it to English; errors and warnings are put into it here.

Details are written in English where they are raised. german_errors.txt has each sentence with holes for what differs
from one error to the next; it is read when the first German error is answered.
"""

import re
from functools import cache, lru_cache
from pathlib import Path

from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

LANGUAGES = ["en", "de"]
SENTENCES = Path(__file__).with_name("german_errors.txt")
LONGEST = 2000  # characters; a longer detail repeats what the client sent and stays as it is
MOST = 100  # details of an answer; who sends a file with more mistakes reads the first
LONGEST_ODD = 600  # of one in which holes may hold anything: matching takes the square of its length

_TOLD = {"title", "detail"}
_HOLE = re.compile(r"\{([a-z]+)\}")
_SECTION = re.compile(r"\[([a-z]+)\]")
# What holes can hold: values and names as engine/suggest.py shows them, and names between quotes. At first they are
# taken to have no quotes in themselves; where no line fits then, what the client sent has some.
_VALUE = r"null|true|false|an array|an object|(?:the number )?[-+]?\d[\d.e+-]*(?<![.+-])|"
_PLAIN = {"value": f"{_VALUE}'[^']*'", "names": r"none|'[^']*'(?:, '[^']*')*(?: and '[^']*')?", "": "[^']+"}
_ODD = {"value": f"{_VALUE}'.*?'", "names": r"none|'.*?'(?! and '|, ')", "": ".+?"}


def language_of(environ):
    """ "de" or "en", by Accept-Language; English without one."""
    header = environ.get("HTTP_ACCEPT_LANGUAGE")
    return parse_accept_header(header, LanguageAccept).best_match(LANGUAGES, "en") if header else "en"


def told(findings, language):
    """Error objects or warnings, of which titles and details are in the language; codes, sources and meta stay."""
    if language != "de":
        return findings
    german = [
        finding | {name: in_german(finding[name]) for name in _TOLD & finding.keys()} for finding in findings[:MOST]
    ]
    return german + findings[MOST:]


def in_german(text):
    """A sentence of the table of errors, or a detail, in German; as it is where german_errors.txt does not have it."""
    return german_of(text) or text


@lru_cache(maxsize=1000)
def german_of(text):
    """The German for a text made of lines of german_errors.txt, or None."""
    if len(text) > LONGEST:
        return None
    return _composed(text, _PLAIN) or (_composed(text, _ODD) if len(text) <= LONGEST_ODD else None)


class Line:
    """One sentence or part of one: English and German with the same holes."""

    def __init__(self, section, english, german):
        self.section = section
        self.english = english
        self.german = german
        self.between = _HOLE.split(english)[::2]  # the literal parts
        self.weight = sum(map(len, self.between))
        self.longest = max(self.between, key=len)
        self._patterns = {}

    def match(self, text, holes=_PLAIN):
        """The match of the whole text, or of its beginning for a line that is no part of a sentence; or None."""
        if self.longest not in text:
            return None
        pattern = self._patterns.get(holes[""]) or self._patterns.setdefault(holes[""], self._pattern(holes))
        return pattern.fullmatch(text)

    def _pattern(self, holes):
        parts = [re.escape(self.between[0])]
        for name, before, after in zip(_HOLE.findall(self.english), self.between, self.between[1:], strict=False):
            quoted = before.endswith("'") and after.startswith("'")
            known = [] if name in holes else ["".join(_anything(line)) for line in sections().get(name, ())]
            held = holes.get(name) or (holes[""] if quoted else ".+?")
            parts += [f"(?P<{name}>{'|'.join([*known, held])})", re.escape(after)]
        if not self.section:
            parts.append(r"(?P<rest>|[ .,:;?].*)")
        return re.compile("".join(parts), re.S)

    def fill(self, match):
        """The German of an English text that matches."""
        return _HOLE.sub(lambda hole: _filled(hole[1], match[hole[1]]), self.german)


def _anything(line):
    """The parts of a pattern for a line within another line."""
    yield re.escape(line.between[0])
    for literal in line.between[1:]:
        yield ".+?"
        yield re.escape(literal)


def _filled(name, text):
    matches = ((line, line.match(text)) for line in sections().get(name, ()))
    return next((line.fill(match) for line, match in matches if match), text)


def _composed(text, holes):
    if not re.search("[A-Za-z]", text):
        return text
    if text[0] in " .":
        rest = _composed(text[1:], holes)
        return rest and text[0] + rest
    for line in sections()[""]:
        if match := line.match(text, holes):
            rest = _composed(match["rest"], holes)
            if rest is not None:
                return line.fill(match) + rest
    return None


@cache
def sections():
    """{name: [Line]} of german_errors.txt, those with most literal text first; "" is the section of whole sentences."""
    found, name = {"": []}, ""
    for block in SENTENCES.read_text("utf-8").split("\n\n"):
        lines = [line for line in block.strip("\n").split("\n") if line and not line.startswith("#")]
        if len(lines) == 1 and (section := _SECTION.fullmatch(lines[0])):
            name = section[1]
            found[name] = []
        elif lines:
            english, german = lines
            found[name].append(Line(name, english, german))
    return {name: sorted(lines, key=lambda line: -line.weight) for name, lines in found.items()}
