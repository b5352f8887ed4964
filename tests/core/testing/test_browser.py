"""The browser fixtures: a page that misbehaves fails its test, and nothing else does."""

import pytest
from werkzeug.wrappers import Response

from core.testing.browser import PHONE, Watch

pytestmark = pytest.mark.browser
POLICY = {"Content-Security-Policy": "default-src 'self'; img-src 'self' data:"}


def page_of(body, policy=None):
    html = f"<!doctype html><html lang='en'><head><title>Test</title></head><body><main>{body}</main></body></html>"
    pages = {"/": Response(html, mimetype="text/html", headers=policy)}

    def application(environ, start_response):
        answer = pages.get(environ["PATH_INFO"], Response("", status=204))
        return answer(environ, start_response)

    return application


@pytest.fixture
def trial(browser, serve):
    """Opens a page under a watch of its own, so that what it finds does not fail the test that provoked it."""
    contexts = []

    def visit(application):
        watch = Watch()
        context = browser.new_context()
        contexts.append(context)
        page = context.new_page()
        watch.over(page)
        page.goto(serve(application).url, wait_until="load")
        page.wait_for_timeout(50)
        return watch

    yield visit
    for context in contexts:
        context.close()


def test_a_clean_page_passes(trial):
    assert trial(page_of("<h1>Clean</h1>", POLICY)).verdict() == []


@pytest.mark.parametrize(
    ("body", "policy", "complaint"),
    [
        ("<script>console.error('broken')</script>", None, "console: broken"),
        ("<script>throw new Error('lost')</script>", None, "lost"),
        ("<script>1</script>", POLICY, "content security policy: script-src-elem"),
        ("<p style='color: red'>red</p>", POLICY, "content security policy: style-src-attr"),
        (
            "<img src='http://elsewhere.example/x.png' alt=''>",
            None,
            "request leaves the host: http://elsewhere.example",
        ),
    ],
)
def test_a_page_that_misbehaves_is_reported(trial, body, policy, complaint):
    assert complaint in "\n".join(trial(page_of(body, policy)).verdict())


def test_a_complaint_that_the_test_allows_is_not_reported(trial):
    watch = trial(page_of("<script>console.error('expected refusal')</script>"))
    watch.allow("expected refusal")

    assert watch.verdict() == []


def test_pages_come_in_desktop_and_phone_size(open_page, serve):
    address = serve(page_of("<h1>Size</h1>")).url
    sizes = []
    for page in (open_page(), open_page(PHONE)):
        page.goto(address)
        sizes.append(page.evaluate("[screen.width, screen.height, navigator.maxTouchPoints > 0]"))

    assert sizes == [[1440, 900, False], [390, 844, True]]


def test_an_accessible_page_passes_axe(page, serve, axe):
    page.goto(serve(page_of("<h1>Customers</h1><label>Name <input></label>", POLICY)).url)

    axe(page)


def test_what_a_page_lacks_for_assistive_technology_is_named(page, serve, axe):
    page.goto(serve(page_of("<h1>Customers</h1><input><img src='data:,'>", POLICY)).url)

    with pytest.raises(AssertionError, match=r"label \(critical\).*\['input'\]"):
        axe(page)
