"""Who is the instructor: the token, the signed cookie of a session, and what keeps other sites' forms out.

Nothing is remembered of a session but its end: every worker reads the cookie with a key made from INSTRUCTOR_TOKEN, so
another token ends all of them.
"""

import hashlib
import hmac
import math
import secrets
import time
from urllib.parse import urlsplit

from itsdangerous import BadSignature, URLSafeTimedSerializer

from .rates import Rates

COOKIE = "instructor"
SESSION_SECONDS = 12 * 3600
ATTEMPTS_A_MINUTE = 10  # from one address; one student with wrong tokens does not lock the instructor out
ALL_ATTEMPTS_A_MINUTE = 60


class SignIn:
    def __init__(self, settings, activity):
        token, folder = settings["INSTRUCTOR_TOKEN"].encode(), settings["INSTANCE_PATH"]
        self.activity = activity
        self._token = _digest(token)
        self._key = hmac.digest(token, b"jsonapi-course: sessions of instructors", "sha256")
        self._cookies = URLSafeTimedSerializer(self._key, "cookie", signer_kwargs={"digest_method": hashlib.sha256})
        self._of_address = Rates(folder, ATTEMPTS_A_MINUTE / 60, ATTEMPTS_A_MINUTE, "sign-in-of-address")
        self._of_all = Rates(folder, ALL_ATTEMPTS_A_MINUTE / 60, ALL_ATTEMPTS_A_MINUTE, "sign-in")

    def wait_seconds(self, address):
        """Counts an attempt, in all workers; 0 where it may be made, else when one may."""
        return math.ceil(self._of_address.take(address) or self._of_all.take("all"))

    def is_token(self, text):
        """In a time that tells nothing of the token."""
        return hmac.compare_digest(_digest(text.encode(errors="replace")), self._token)

    # --- sessions -----------------------------------------------------------------------------------
    def new_cookie(self):
        return self._cookies.dumps(secrets.token_urlsafe(16))

    def session_of(self, cookie):
        """The session that a cookie names; None for one that is forged, too old or ended."""
        try:
            session = self._cookies.loads(cookie or "", max_age=SESSION_SECONDS)
        except BadSignature:
            return None
        return None if self.activity.has_ended(session) else session

    def end(self, session):
        self.activity.end_session(session, int(time.time()) + SESSION_SECONDS)

    # --- forms --------------------------------------------------------------------------------------
    def form_token(self, session):
        """What a form of this session's pages brings back; no other site can know it."""
        return hmac.new(self._key, f"form {session}".encode(), "sha256").hexdigest()

    def is_form_of(self, session, token):
        return hmac.compare_digest(self.form_token(session).encode(), token.encode(errors="replace"))


def is_from_elsewhere(headers, host):
    """Whether a browser says that another site's page sent the request."""
    site, origin = headers.get("Sec-Fetch-Site"), headers.get("Origin")
    if site is not None and site not in ("same-origin", "none"):
        return True
    # the scheme is left out: a proxy may speak another one than the browser
    return origin is not None and urlsplit(origin).netloc.lower() != host.lower()


def _digest(text):
    return hashlib.sha256(text).digest()
