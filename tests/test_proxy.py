"""Behind nginx: strangers stay strangers, the owner is whoever holds the key, and everything stays under its path."""

import os
import secrets
import shutil
import ssl
import subprocess
import time
from urllib.parse import urljoin

import httpx
import pytest
from gradio_client import Client

from server.accounts.owner import Owner
from tests.nginx import PLAIN, documented, need_nginx, proxied
from tests.served import served

need_nginx()

CONFIGURATIONS = {
    "plain": ("plain", PLAIN),
    "top": ("", documented("nginx, at the top of a name")),
    "path left": ("/studio", documented("nginx, under a path", 0)),
    "path taken off": ("/studio", documented("nginx, under a path", 1)),
    "tls": ("", documented("nginx with TLS")),
}


@pytest.fixture(scope="module")
def houses(tmp_path_factory):
    """The program without a word about the proxy, at the top with its name, and under a path with its name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("GRADIO_ROOT_PATH", raising=False)
        with served(tmp_path_factory.mktemp("plain"), owner="key") as plain:
            named = {"owner": "key", "trusted_proxies": ["127.0.0.1"]}
            with served(tmp_path_factory.mktemp("top"), **named) as top:
                patch.setenv("GRADIO_ROOT_PATH", "/studio")
                with served(tmp_path_factory.mktemp("under"), **named) as under:
                    yield {"plain": plain, "": top, "/studio": under}


class Site:
    """The program as it is seen through a proxy."""

    def __init__(self, program, url, root):
        self.program, self.root, self.host = program, root, url
        self.page = f"{url}{root}/"
        self.owner = {"x-api-key": program.owner.key}

    def client(self, **named):
        # The certificate is the test's own.
        return httpx.Client(base_url=self.page, verify=False, timeout=60, **named)  # noqa: S501


@pytest.fixture(scope="module")
def sites(houses, tmp_path_factory):
    """Each configuration, started when it is asked for, all stopped at the end."""
    opened, running = {}, []

    def open_site(name):
        if name not in opened:
            program, configuration = CONFIGURATIONS[name]
            folder = tmp_path_factory.mktemp("nginx")
            if name == "tls":
                certificate(folder)
            program = houses[program]
            root = program.root.path
            local = program.url.removesuffix(root)
            running.append(proxied(folder, local, configuration))
            opened[name] = Site(program, running[-1].__enter__(), root)
        return opened[name]

    yield open_site
    for each in running:
        each.__exit__(None, None, None)


@pytest.fixture(params=CONFIGURATIONS)
def site(request, sites):
    if request.param == "tls" and shutil.which("openssl") is None:
        pytest.skip("no openssl on this machine to make a certificate")
    return sites(request.param)


def certificate(folder):
    files = ["-keyout", folder / "show.example.key", "-out", folder / "show.example.pem"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=show.example",
         "-addext", "subjectAltName=IP:127.0.0.1", *files],
        check=True, capture_output=True,
    )  # fmt: skip


def who(client, **headers):
    return client.get("gradio_api/user", headers=headers).text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Host": "localhost"},
        {"Host": "127.0.0.1:7860"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Real-IP": "127.0.0.1", "Forwarded": "for=127.0.0.1"},
        {"X-Forwarded-Prefix": "/owner", "X-Forwarded-Host": "localhost"},
    ],
)
def test_a_stranger_is_a_visitor_whatever_the_headers_say(site, headers):
    with site.client(headers=headers) as stranger:
        assert who(stranger).startswith('"guest-')
        assert stranger.get("metrics").status_code == 403
        session = {"session_hash": secrets.token_hex(8)}
        for name in ("admin_fill", "admin_add_person", "dashboard_fill"):
            reply = stranger.post("gradio_api/queue/join", json={"fn_name": name, "data": [], **session})
            assert reply.status_code in {403, 404}
        assert stranger.get("owner", params={"key": secrets.token_urlsafe(32)}).status_code == 401


def test_the_key_makes_the_owner_by_address_and_by_header(site):
    with site.client(follow_redirects=False) as browser:
        reply = browser.get(Owner.entry(site.program.owner, site.page))
        assert reply.status_code == 303
        assert urljoin(site.page, reply.headers["location"]) == site.page
        assert site.program.owner.key not in str(reply.headers)
        path = site.root or "/"
        assert f"; Path={path};" in reply.headers["set-cookie"]
        assert ("Secure" in reply.headers["set-cookie"]) is site.page.startswith("https")
        assert who(browser) == '"owner"'
        assert browser.get("metrics").status_code == 200
        page = browser.get("")
        assert page.status_code == 200
        for text in (page.text, browser.get("config").text, browser.get("docs").text, browser.get("openapi.json").text):
            assert site.program.owner.key not in text
            assert site.program.owner.cookie_value not in text
    with site.client(headers=site.owner) as script:
        assert who(script) == '"owner"'
        assert script.get("metrics").status_code == 200


def test_everything_stays_under_the_path(site):
    with site.client(follow_redirects=False) as browser:
        form = browser.get("sign-in").text
        assert f'action="{site.root}/sign-in"' in form
        assert f'action="{site.root}/owner"' in form
        assert f'href="{site.root}/"' in form
        out = browser.post("sign-out")
        assert urljoin(site.page, out.headers["location"]) == site.page
        assert f'href="{site.root}/openapi.json"' in browser.get("docs").text
        described = browser.get("openapi.json").json()
        assert described.get("servers", [{"url": ""}]) == [{"url": site.root}]
        dead = browser.get("", headers={"Cookie": "show_and_tell_session=dead", "Accept": "text/html"})
        assert urljoin(site.page, dead.headers["location"]) == f"{site.page}sign-in"
    with site.client(follow_redirects=True) as browser:
        assert str(browser.get(site.page.rstrip("/")).url).rstrip("/") == site.page.rstrip("/")
        assert "gradio" in browser.get(site.page.rstrip("/")).text


def test_rest_gives_addresses_that_work(site, request):
    if "plain" in request.node.callspec.id:
        pytest.skip("a proxy that hides the name leaves nobody to tell it; docs/proxy.md says so")
    with site.client(headers=site.owner) as script:
        accepted = script.post("generate", json={"text": "a red apple", "steps": 2})
        assert accepted.status_code == 202
        deadline = time.monotonic() + 60
        while (state := script.get(f"image/{accepted.json()['image_id']}").json())["status"] == "processing":
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert state["image_url"].startswith(f"{site.page}media/")
        assert script.get(state["image_url"]).content.startswith(b"\x89PNG")
        assert script.get(state["images"][0]["thumbnail_url"]).status_code == 200


def test_gradio_client_works_and_finds_its_files(site):
    named = {"headers": site.owner, "token": False, "verbose": False, "analytics_enabled": False, "ssl_verify": False}
    client = Client(site.page, **named)
    files, run = client.predict(prompt="a red apple", steps=2, api_name="/generate")
    assert run["status"] == "done"
    assert run["actor"] == "owner"
    assert files[0].endswith(".png")
    assert any(each["id"] == run["id"] for each in client.predict(api_name="/history"))


def test_events_are_not_kept_back(site):
    began = time.monotonic()
    with site.client() as browser, browser.stream("GET", f"gradio_api/heartbeat/{secrets.token_hex(8)}") as events:
        assert events.status_code == 200
        assert next(events.iter_bytes())
    assert time.monotonic() - began < 5


def test_a_page_elsewhere_may_do_nothing(site):
    with site.client(headers=site.owner) as browser:
        for headers in (
            {"Origin": "https://evil.example"},
            {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
            {"Origin": "https://sub.show.example", "Sec-Fetch-Site": "same-site"},
        ):
            reply = browser.post("generate", json={"text": "a red apple"}, headers=headers)
            assert reply.json()["code"] == "foreign_origin"
        own = {"Origin": site.host, "Sec-Fetch-Site": "same-origin"}
        assert browser.post("sign-out", headers=own).status_code == 303


def test_tls_is_what_the_browser_sees(sites):
    if shutil.which("openssl") is None:
        pytest.skip("no openssl on this machine to make a certificate")
    site = sites("tls")
    with pytest.raises(httpx.ConnectError), httpx.Client(verify=ssl.create_default_context()) as strict:
        strict.get(site.page)
    with site.client() as browser:
        assert browser.get("config").json()["root"] == site.host
        assert f"{site.page}generate" in browser.get("docs").text


@pytest.mark.browser
def test_a_person_becomes_the_owner_without_leaving_the_path(sites):
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None and not os.environ.get("CI"):
        pytest.skip("no Chromium on this machine; install one to run the browser tests")
    from playwright.sync_api import sync_playwright

    site = sites("path taken off")
    outside = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 390, "height": 844}, locale="en-US")
        page.set_default_timeout(60_000)
        page.on("request", lambda request: outside.append(request.url))
        page.goto(site.page)
        page.get_by_role("link", name="Sign in as the owner").click()
        page.get_by_text("Is this your computer?").wait_for()
        assert page.get_by_label("Password").count() == 0 or not page.get_by_label("Password").is_visible()
        page.get_by_label("Owner’s key").fill(site.program.owner.key)
        page.get_by_role("button", name="Continue as the owner").click()
        page.locator("#header .person", has_text="owner").wait_for()
        assert page.url == site.page
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.get_by_role("button", name="Sign out").click()
        page.locator("#header .person", has_text="visitor").wait_for()
        assert page.url == site.page
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        browser.close()
    foreign = [url for url in outside if not url.startswith((site.page, "data:", "blob:"))]
    assert [url for url in foreign if url != f"{site.host}/favicon.ico"] == []
