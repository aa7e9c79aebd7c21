"""contract: course, "Dates" and "Ties", with "Always ordered by `date`" of sessions and news."""

import pytest

from .course import NEWS, SESSION, refusal, refused

INSTANT = "2019-05-01T10:00Z"
# One instant in many notations: calendar, week and ordinal dates, basic and extended, cut short, with offsets.
SAME_INSTANT = [
    "2019-05-01T10:00",
    "2019-05-01T10",
    "2019-05-01T10Z",
    "2019-05-01T10:00:00",
    "2019-05-01T10:00:00Z",
    "2019-05-01T10:00:00.000Z",
    "2019-05-01T10:00:00,0",
    "2019-05-01T10:00:00.000000000Z",
    "20190501T100000Z",
    "20190501T1000",
    "20190501T10",
    "20190501T1200+0200",
    "20190501T120000,000+02",
    "2019-05-01T12:00+02:00",
    "2019-05-01T12:00:00+02",
    "2019-05-01T05:30:00-04:30",
    "2019-05-02T00:00+14:00",
    "2019-04-30T22:00:00.0-12:00",
    "2019-05-01T10:00:00-00:00",
    "2019-W18-3T10:00",
    "2019W183T100000Z",
    "2019-121T10:00:00Z",
    "2019121T1000",
]
NO_DATE_TIMES = [
    "",
    " ",
    "now",
    "1556704800",
    "2019",
    "2019-05",
    "2019-05-01",
    "20190501",
    "2019-W18-3",
    "2019-121",
    "10:00",
    "T10:00",
    "2019T10:00",
    "2019-05T10:00",
    "2019-W18T10:00",
    "19-05-01T10:00",
    "2019-5-1T10:00",
    "2019-05-01T",
    "2019-05-01TZ",
    "2019-05-01T1",
    "2019-05-01T1:00",
    "2019-05-01T10:0",
    "2019-05-01T10:",
    "2019-05-01T10:+1",
    "2019-05-01T 9:00",
    "2019-05-01 10:00",
    "2019-05-01_10:00",
    " 2019-05-01T10:00",
    "2019-05-01T10:00 ",
    "2019-05-01T10:00\n",
    "2019-05-01T10:00:00.",
    "2019-05-01T10:00:00.5.5",
    "2019-05-01T10:00:00:00",
    "2019-05-01T10:00+2",
    "2019-05-01T10:00 +02:00",
    "2019-05-01T10:00ZZ",
    "2019-05-01T10:00CEST",
    "2019-05-01T10:00+02:00[Europe/Berlin]",
    "2019-00-01T10:00",
    "2019-13-01T10:00",
    "2019-05-00T10:00",
    "2019-04-31T10:00",
    "2019-02-29T10:00",
    "1900-02-29T10:00",
    "2019-000T10:00",
    "2019-366T10:00",
    "2019-W00-1T10:00",
    "2019-W53-1T10:00",
    "2019-W18-0T10:00",
    "2019-W18-8T10:00",
    "9999-W53-1T10:00",
    "2019-05-01T24:01",
    "2019-05-01T24:00:00.1",
    "2019-05-01T24,5",
    "2019-05-01T25:00",
    "2019-05-01T10:60",
    "2019-05-01T10:00:61",
    "2019-05-01T10:00+24:00",
    "2019-05-01T10:00+02:60",
    "２０１９-05-01T10:00",
    "01.05.2019 10:00",
    "5/1/2019, 10:00:00 AM",
    "Wed May 01 2019 10:00:00 GMT+0200",
    "Wed, 01 May 2019 10:00:00 GMT",
]
# In the order of their instants, each later than the one before it.
ASCENDING = [
    "0001-01-01T00:00+14:00",
    "1969-12-31T23:59:59.999",
    "1970-01-01T00:00",
    "2016-02-29T10:00",
    "2019-05-01T12:00+02:30",
    "2019-05-01T09:59:59.999999Z",
    "2019-05-01T10:00",
    "2019-05-01T10:00:00.000001",
    "2019-05-01T08:00:00.5-02:00",
    "2019-05-01T10:00.5Z",
    "2019-05-01T10,5",
    "20190501T1031",
    "2019-05-01T23:59:59.999999",
    "2019-05-01T24:00",
    "2019-05-02T00:00:00.1",
    "2020-W53-7T10:00",
    "2021-01-03T00:00-12:00",
    "9999-12-31T23:59:59.999999",
    "9999-12-31T24:00",
    "9999-12-31T23:59:59-14:00",
]


def test_any_iso_8601_date_time_is_returned_as_it_was_sent(course):
    module, room = course.module(), course.room()
    for date in [*SAME_INSTANT, *ASCENDING]:
        session = course.session(module, room, date=date)
        assert course.record(f"sessions/{session}")["attributes"] == {**SESSION, "keywords": "", "date": date}
        news = course.news(module, date=date)
        assert course.record(f"news/{news}")["attributes"] == {**NEWS, "text": "", "date": date}
        assert course.patch("news/1", {"date": date}).data["attributes"]["date"] == date


def test_what_is_no_date_time_is_refused(course):
    course.session()
    linkage = {"module": ("modules", "1"), "room": ("rooms", "1")}
    expected = refusal(422, "invalid-date", "/data/attributes/date")
    for date in NO_DATE_TIMES:
        assert (date, refused(course.post("sessions", {**SESSION, "date": date}, linkage))) == (date, expected)
        assert (date, refused(course.patch("sessions/1", {"date": date}))) == (date, expected)
    assert [session["attributes"]["date"] for session in course.client.get("/sessions").data] == [SESSION["date"]]


@pytest.mark.parametrize("date", [20190501, 1556704800000, True, ["2019-05-01T10:00"], {"date": "2019-05-01T10:00"}])
def test_a_date_is_a_string(course, date):
    course.news()
    assert refused(course.patch("news/1", {"date": date})) == refusal(422, "wrong-kind", "/data/attributes/date")


@pytest.mark.parametrize(
    ("date", "advice"),
    [
        ("2019-05-01", "2019-05-01T00:00"),
        ("2019-05-01 10:00", "2019-05-01T10:00"),
        ("01.05.2019", "the year comes first"),
        ("tomorrow", "toISOString"),
    ],
)
def test_a_refused_date_says_what_to_send(course, date, advice):
    course.news()
    detail = course.patch("news/1", {"date": date}).errors[0]["detail"]
    assert (f"'{date}'" in detail, advice in detail) == (True, True)


# --- order ------------------------------------------------------------------------------------------
def shuffled(values):
    """The same values in an order that is neither theirs nor its reverse."""
    return values[1::3] + values[::3] + values[2::3][::-1]


@pytest.fixture
def dated(course):
    """One session and one news for each date of ASCENDING, made in another order; all in module 1 and room 1."""
    course.module()
    course.room()
    for date in shuffled(ASCENDING):
        course.session("1", "1", date=date)
        course.news("1", date=date)
    return course


def test_sessions_and_news_are_always_ordered_by_the_instant(dated):
    for path in ("sessions", "modules/1/sessions", "rooms/1/sessions", "news", "modules/1/news"):
        dates = [found["attributes"]["date"] for found in dated.client.get(f"/{path}").data]
        assert (path, dates) == (path, ASCENDING)


def test_linkage_and_included_resources_are_ordered_by_the_instant(dated):
    for name in ("sessions", "news"):
        in_order = dated.ids(name)
        module = dated.client.get(f"/modules/1?include={name}").json
        assert [item["id"] for item in module["data"]["relationships"][name]["data"]] == in_order
        assert [item["id"] for item in module["included"]] == in_order
        assert dated.ids(f"modules/1/relationships/{name}") == in_order
    assert dated.ids("rooms/1/relationships/sessions") == dated.ids("sessions")


def test_a_filter_compares_instants(dated):
    def found(query):
        return [item["attributes"]["date"] for item in dated.client.get(f"/news?{query}").data]

    middle = ASCENDING.index("2019-05-01T10:00")
    assert found("date=2019-05-01T12:00%2B02:00") == [ASCENDING[middle]]
    assert found("filter[date]=2019-W18-3T10") == [ASCENDING[middle]]
    assert found("filter[date][lt]=20190501T100000Z") == ASCENDING[:middle]
    assert found("filter[date][ge]=2019-05-01T05:00-05:00") == ASCENDING[middle:]


def test_a_new_date_moves_a_session_in_every_list(course):
    module, room = course.module(), course.room()
    for hour in (10, 11, 12):
        course.session(module, room, date=f"2019-05-01T{hour}:00")
    course.patch("sessions/1", {"date": "2019-05-01T13:30+02:00"})
    assert course.ids("sessions") == ["2", "1", "3"]
    assert course.ids(f"rooms/{room}/relationships/sessions") == ["2", "1", "3"]


def test_one_instant_in_many_notations_is_a_tie_in_the_order_of_creation(course):
    module, room = course.module(), course.room()
    made = [course.session(module, room, date=date) for date in [INSTANT, *SAME_INSTANT]]
    assert course.ids("sessions") == made
    assert course.ids(f"modules/{module}/relationships/sessions") == made
    assert course.ids("sessions?filter[date]=2019-05-01T10:00") == made


# --- ties -------------------------------------------------------------------------------------------
def test_types_without_an_order_are_in_the_order_of_creation(course):
    for id_, name in (("zz", "Aaaa"), ("9", "Zzzz"), ("10", "Bbbb"), ("aa", "Yyyy")):
        course.client.create("rooms", {"name": name, "address": "Street"}, id_=id_)
    course.patch("rooms/zz", {"name": "Cccc"})
    assert course.ids("rooms") == ["zz", "9", "10", "aa"]
    assert course.ids("rooms?sort=address") == ["zz", "9", "10", "aa"]
    assert course.ids("rooms?sort=-address") == ["zz", "9", "10", "aa"]
    course.client.delete("/rooms/aa")
    course.client.create("rooms", {"name": "Dddd", "address": "Street"}, id_="aa")
    course.client.delete("/rooms/zz")
    course.client.create("rooms", {"name": "Dddd", "address": "Street"}, id_="0")
    assert course.ids("rooms") == ["9", "10", "aa", "0"]


def test_members_are_in_the_order_of_their_creation_not_of_their_linking(course):
    students = [course.student() for _ in range(3)]
    module = course.module(students=[("users", id_) for id_ in (students[2], students[0])])
    course.link("POST", f"modules/{module}/relationships/students", [("users", students[1])])
    assert course.ids(f"modules/{module}/relationships/students") == students
    assert course.ids(f"modules/{module}/students") == students


def test_equal_orders_are_in_the_order_of_creation(course):
    module = course.module()
    for order in (1, 0, 1, 0):
        course.content(module, order=order)
    assert course.ids("contents") == ["2", "4", "1", "3"]
