"""Document Structure, Links: objects of absolute URLs, each of which can be fetched."""

import pytest

from .answers import path_of

START = ["/articles?include=author,comments,tags&page[size]=1", "/people?page[limit]=2", "/articles/x-1", "/comments/3"]


def links_objects(value):
    """Every value of a member named links, at any depth."""
    if isinstance(value, dict):
        own = [value["links"]] if "links" in value else []
        return own + [links for item in value.values() for links in links_objects(item)]
    return [links for item in value for links in links_objects(item)] if isinstance(value, list) else []


@pytest.mark.parametrize("path", [*START, "/nothing", "/articles/99"])
def test_links_are_objects_of_absolute_urls(shelf, path):
    """Links: the value of each links member MUST be an object; a link is a string (or an object, or null)."""
    objects = links_objects(shelf.get(path).json)
    assert objects
    for links in objects:
        assert all(isinstance(link, str) and link.startswith("http://localhost/") for link in links.values())


def test_every_link_of_the_api_that_an_answer_shows_can_be_fetched(shelf):
    """Fetching Resources, Fetching Relationships: MUST support every self and related link; links of links too."""
    seen, new = set(), set(START)
    while new:
        path = new.pop()
        seen.add(path)
        answer = shelf.get(path)
        assert answer.status == 200, (path, answer)
        for links in links_objects(answer.json):
            new |= {path_of(link) for link in links.values() if "/api/s1/" in link} - seen
    # 4 articles and 3 of each other type with all their links: the walk has really been around
    assert len(seen) > 60
