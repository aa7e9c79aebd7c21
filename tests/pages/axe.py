"""axe-core, which npm installs for tests/javascript, on the page that a browser shows."""

import pytest

from ..test_javascript_clients import FOLDER, node_is_there
from .browser import use_colours

AXE = FOLDER / "node_modules" / "axe-core" / "axe.min.js"
needs_axe = pytest.mark.skipif(
    not node_is_there(), reason="axe-core is installed with npm, which needs node 20.6 or newer"
)


def serious_violations(browser):
    """{"light": […], "dark": […]}: (rule, the elements' HTML) of what is serious or critical."""
    browser.execute_script(AXE.read_text("utf-8"))
    found = {}
    try:
        for scheme in ("light", "dark"):
            use_colours(browser, scheme)
            # scripts hear of other colours when the next frame is drawn
            browser.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
            results = browser.execute_async_script("axe.run({resultTypes: ['violations']}).then(arguments[0])")
            found[scheme] = [
                (violation["id"], [node["html"][:200] for node in violation["nodes"]])
                for violation in results["violations"]
                if violation["impact"] in ("serious", "critical")
            ]
    finally:
        use_colours(browser, "light")
    return found
