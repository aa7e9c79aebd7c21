"""Content-Type, Accept and Prefer by JSON:API 1.1 and RFC 7240."""

from urllib.request import parse_http_list

from werkzeug.http import parse_options_header

from ..errors import NotAcceptable, UnsupportedMediaType

MEDIA_TYPE = "application/vnd.api+json"
ATOMIC = "https://jsonapi.org/ext/atomic"
EXTENSIONS = frozenset({ATOMIC})

_HOW_TO = (
    f"Send the header Content-Type: {MEDIA_TYPE}. With curl: -H 'Content-Type: {MEDIA_TYPE}'. "
    f"With fetch: headers: {{'Content-Type': '{MEDIA_TYPE}'}}."
)

# Who sends these where the program names no Content-Type.
_SENDERS = {
    "application/x-www-form-urlencoded": ", which curl -d and forms send by themselves",
    "multipart/form-data": ", which FormData and curl -F send by themselves",
    "text/plain": ", which fetch sends for a text by itself",
}


def check_content_type(header, has_body, findings):
    """415 for a body that is not JSON:API; `application/json` is tolerated, no header at all is right."""
    if not header:
        return
    type_, parameters = parse_options_header(header)
    type_ = type_.lower()
    if type_ == MEDIA_TYPE:
        _check_parameters(header, parameters, findings)
    elif type_ == "application/json":
        if has_body:
            findings.tolerate(
                UnsupportedMediaType(
                    f"application/json is not the media type of JSON:API. {_HOW_TO}", header="Content-Type"
                )
            )
    elif has_body:
        shown = header if len(header) <= 80 else header[:79] + "…"
        sender = _SENDERS.get(type_, "")
        findings.add(
            UnsupportedMediaType(
                f"The Content-Type is '{shown}'{sender}, not JSON:API. {_HOW_TO}", header="Content-Type"
            )
        )


def _check_parameters(header, parameters, findings):
    wrong = [name for name in parameters if name.lower() not in ("ext", "profile")]
    if wrong:
        findings.add(
            UnsupportedMediaType(
                f"The media type {MEDIA_TYPE} has no parameter '{wrong[0]}', only ext and profile. {_HOW_TO}",
                header="Content-Type",
            )
        )
    for extension in parameters.get("ext", "").split():
        if extension not in EXTENSIONS:
            findings.add(
                UnsupportedMediaType(
                    f"The extension '{extension}' is not one that this service has; leave ext out.",
                    header="Content-Type",
                    allowed=sorted(EXTENSIONS),
                )
            )


def media_type(ext=None, profile=None):
    """The Content-Type of an answer, with the extension and profile that were applied."""
    ext = f'; ext="{ext}"' if ext else ""
    return MEDIA_TYPE + ext + (f'; profile="{profile}"' if profile else "")


def extensions(content_type):
    """The URIs in the parameter `ext` of a Content-Type."""
    return parse_options_header(content_type or "")[1].get("ext", "").split()


def profiles(accept):
    """The profile URIs that the JSON:API ranges in Accept ask for, without a slash at the end, as https."""
    found = set()
    for part in parse_http_list(accept) if accept and "profile" in accept.lower() else ():
        type_, parameters = parse_options_header(part)
        if type_.lower() == MEDIA_TYPE:
            found.update(parameters.get("profile", "").split())
    return {uri.rstrip("/").replace("http://", "https://") for uri in found}


def check_accept(header, findings):
    """406 only where Accept has JSON:API ranges and each is ruled out by its parameters."""
    if not header or MEDIA_TYPE not in header.lower():
        return
    ranges = [parse_options_header(part) for part in parse_http_list(header)]
    ours = [parameters for type_, parameters in ranges if type_.lower() == MEDIA_TYPE]
    if ours and not any(_acceptable(parameters) for parameters in ours):
        findings.add(
            NotAcceptable(
                f"Accept asks for {MEDIA_TYPE} only with parameters that this service does not have. "
                f"Send Accept: {MEDIA_TYPE}.",
                header="Accept",
            )
        )


def _acceptable(parameters):
    for name, value in parameters.items():
        if name.lower() == "q":
            if _is_zero(value):
                return False
        elif name.lower() == "ext":
            if not set(value.split()) <= EXTENSIONS:
                return False
        elif name.lower() != "profile":
            return False
    return True


def _is_zero(text):
    try:
        return float(text) == 0
    except ValueError:
        return False


def handling(header, default):
    """(strict, the value of Preference-Applied or None): the first `handling` in Prefer decides (RFC 7240)."""
    for part in parse_http_list(header) if header else ():
        name, _, value = part.split(";")[0].partition("=")
        if name.strip().lower() == "handling":
            value = value.strip().strip('"').lower()
            if value in ("strict", "lenient"):
                return value == "strict", f"handling={value}"
            break
    return default, None
