"""REDIS_URL as people paste it: right, or refused in one line that names the mend.

Kinds from public bug reports stand beside their inputs, by project and number.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.connection import parse_url

from integration.kernel.errors import SettingsError
from integration.services import Services
from integration.settings import Settings
from integration.store import client, durability
from launch import embedded
from proofs.rig import certificate
from proofs.rig.ports import free_port
from proofs.rig.sandbox import until
from proofs.rig.spawn import spawn
from tests.store.faulty_store import faulty_store

PASSWORD = "1#2/3@4%5?6:7&8 é+"  # a test's own
SAME = {"host": "h", "port": 6379, "db": 0}
TAKEN = {
    # celery 7864 and 3327, bk-user 364, nautobot 8702: nobody escapes a password
    "redis://:123456xxx#@192.168.1.100:6379/0": {"password": "123456xxx#", "host": "192.168.1.100"},
    "redis://:test#TEST@172.22.1.44:2000/1": {"password": "test#TEST", "port": 2000, "db": 1},
    "redis://:decinables#prewad@h:6379/0": {"password": "decinables#prewad", **SAME},
    "redis://:a/b@h:6379/0": {"password": "a/b", **SAME},
    "redis://:a@b@h:6379/0": {"password": "a@b", **SAME},
    "redis://:a?b=c@h:6379/0": {"password": "a?b=c", **SAME},
    "redis://u:a:b@h:6379/0": {"username": "u", "password": "a:b", **SAME},
    "redis://:100%@h:6379/0": {"password": "100%", **SAME},
    # celery-once 135, docmost 512: and somebody does
    "redis://:57%23Wc903z@h:6379/0": {"password": "57#Wc903z", **SAME},
    "redis://:a%2540@h:6379/0": {"password": "a%40", **SAME},
    "redis://u:@h:6379/0": {"username": "u", **SAME},
    "redis://h": {"host": "h", "db": 0},
    "redis://h:6379": SAME,
    "redis://h:6379/": SAME,
    "redis://h:6379/7/": {**SAME, "db": 7},
    "REDIS://h:6379/0": SAME,
    "RedisS://H:6379/0": {"host": "h", "port": 6379},
    '"redis://h:6379/0"': SAME,
    "'redis://h:6379/0'": SAME,
    " redis://h:6379/0\r\n": SAME,
    "redis://[::1]:6379/0": {**SAME, "host": "::1"},
    "redis://[fe80::1]": {"host": "fe80::1", "db": 0},
    "unix:///run/redis.sock": {"path": "/run/redis.sock"},
    "unix:///run/redis.sock?db=3": {"path": "/run/redis.sock", "db": 3},
    "unix://:a@b@/run/redis.sock": {"path": "/run/redis.sock", "password": "a@b"},
    "redis://h?max_connections=5": {"host": "h", "max_connections": 5},
    # celery 5371: its users write the word as Python does
    "rediss://h?ssl_cert_reqs=CERT_NONE": {"ssl_cert_reqs": "none"},
    "rediss://h?ssl_cert_reqs=CERT_REQUIRED": {"ssl_cert_reqs": "required"},
    "rediss://h?ssl_cert_reqs=none&ssl_check_hostname=0": {"ssl_check_hostname": False},
}
REFUSED = {
    "http://h:6379": "start with",
    "valkey://h:6379": "start with",
    "h:6379": "start with",
    "redis:/h:6379": "start with",
    "//h:6379": "start with",
    "redis+sentinel://h1:26379,h2:26379": "name the primary",
    "redis+sentinel://h1:26379,h2:26379/": "name the primary",
    "redis+sentinel://h1:26379,h2:x/main": "a server and its port",
    "redis+sentinel://h1:26379,/main": "a server and its port",
    "redis+sentinel:///main": "a server and its port",
    "redis+sentinel://h1/main/x": "number of a database",
    "redis+sentinel://h1/main?ssl_cert_reqs=none": "rediss://",
    "redis+sentinel://h1/main?service=main": "sentinel_password",
    "redis://h:6379/0?sentinel_password=x": "sentinel_password",
    "redis://h:6379/notadb": "number of a database",
    "redis://h:6379/-1": "number of a database",
    "redis://h:6379/0/1": "number of a database",
    "redis://h:6379/0#x": "number of a database",
    "redis://h:6379/²": "number of a database",
    "redis://h:6379/0?foo=1": "foo",
    # Railway's ioredis users need it, and our client does not
    "redis://h:6379/0?family=0": "family",
    "redis://h:6379/0?socket_timeout=60": "socket_timeout",
    "redis://h:6379/0?max_connections=many": "max_connections",
    "redis://h:6379/0?max_connections=0": "max_connections",
    "redis://h:6379/0?db=x": "db",
    "redis://h:6379/0?ssl_cert_reqs=none": "rediss://",
    "rediss://h:6379/0?ssl_cert_reqs=maybe": "ssl_cert_reqs",
    "rediss://h:6379/0?ssl_ca_certs=/no/such/file": "ssl_ca_certs",
    "redis://user@h:6379/0": "user without a password",
    "redis://h:6379,h2:6379/0": "several servers",
    "redis://::1:6379/0": "brackets",
    "redis://[::1:6379/0": "a server and its port",
    "redis://h:port/0": "a server and its port",
    "redis://h:70000/0": "a server and its port",
    "redis://h:0/0": "a server and its port",
    "redis://:6379/0": "a server and its port",
    "redis:///0": "a server and its port",
    "redis://": "a server and its port",
    "redis:// h:6379/0": "a space",
    "redis://h:6379/0 redis://h2": "a space",
    "redis://:pass word@h:6379/0": "a space",
    "redis://h:6379\n/0": "a space",
    "unix://run/redis.sock": "a whole path",
    "unix://": "a whole path",
}


def given(url: str) -> Settings:
    return Settings.from_env({"REDIS_URL": url, "SECRET_KEY": "0123456789abcdef"})


@pytest.mark.parametrize(("url", "right"), TAKEN.items())
def test_an_address_is_read_as_it_was_meant(url: str, right: dict[str, object]) -> None:
    read = parse_url(given(url).redis_url)  # type: ignore[no-untyped-call]  # redis-py's own
    assert {name: read.get(name) for name in right} == right
    client.connect(given(url).redis_url)


@pytest.mark.parametrize(("url", "why"), REFUSED.items())
def test_an_address_that_cannot_be_right_is_refused_in_one_line(url: str, why: str) -> None:
    with pytest.raises(SettingsError) as caught:
        given(url)
    said = caught.value.message
    assert said.startswith("REDIS_URL ")
    assert why in said
    assert said.endswith(".")
    assert "\n" not in said


@pytest.mark.parametrize("url", ["redis://:hunter2@h:x/0", "redis://:hunter2@h/0?hunter=2 x"])
def test_no_refusal_repeats_a_password(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        given(url)
    assert "hunter2" not in caught.value.message


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a real server that asks for PASSWORD and has two databases."""
    folder, port = tmp_path_factory.mktemp("guarded"), free_port()
    command = [embedded.find_program(""), "--port", str(port), "--requirepass", PASSWORD]
    command += ["--databases", "2", "--dir", str(folder), "--save", ""]
    with Path(folder / "log").open("wb") as log:
        running = spawn(command, stdout=log, stderr=log)
    until(lambda: refusal(f"redis://:x@127.0.0.1:{port}/0"), "the data server")
    yield port
    running.terminate()
    running.wait(30)


def refusal(url: str) -> str:
    """What the start says of this address, "" where it goes on."""
    db = client.connect(given(url).redis_url)
    try:
        durability.at_start(db)
    except SettingsError as error:
        return error.message
    finally:
        db.close()
    return ""


def test_a_password_of_any_characters_opens_a_real_server(guarded: int) -> None:
    written = PASSWORD.replace("%", "%25").replace(" ", "%20")
    url = given(f"redis://:{written}@127.0.0.1:{guarded}/1").redis_url
    db = client.connect(url)
    assert db.ping()
    db.close()


@pytest.mark.parametrize(
    ("account", "database", "why"),
    [
        ("", 0, "REDIS_URL names a server that refuses its user or password"),
        (":wrong@", 0, "REDIS_URL names a server that refuses its user or password"),
        ("nobody:wrong@", 0, "REDIS_URL names a server that refuses its user or password"),
        (":{}@", 99, "REDIS_URL names a server that has no database of that number"),
    ],
)
def test_a_server_that_never_will_take_the_address_stops_the_start(
    guarded: int, account: str, database: int, why: str
) -> None:
    right = PASSWORD.replace("%", "%25").replace(" ", "%20")
    said = refusal(f"redis://{account.format(right)}127.0.0.1:{guarded}/{database}")
    assert said.startswith(why)
    assert "\n" not in said


@pytest.fixture
def heroku(own: Services, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of a store behind TLS with a certificate of its own, and that certificate.

    tabbycat 1841, rq-dashboard 395, cookiecutter-django 5500, bugbug 4028: Heroku's Redis.
    """
    vouched = certificate.make(tmp_path / "server.pem", (), ("127.0.0.1",))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(vouched)
    with faulty_store(own.settings.redis_url, context) as found:
        yield found.url.replace("redis://", "rediss://"), vouched


@pytest.mark.parametrize(
    "options",
    [
        "",
        "?ssl_cert_reqs=none",
        "?ssl_cert_reqs=CERT_NONE",
        "?ssl_ca_certs={}&ssl_cert_reqs=required",
    ],
)
def test_a_self_signed_store_is_taken_as_it_is_or_as_it_is_vouched_for(
    heroku: tuple[str, Path], options: str
) -> None:
    url, vouched = heroku
    db = client.connect(given(url + options.format(vouched)).redis_url)
    assert db.ping()
    db.close()


def test_a_self_signed_store_that_nobody_vouches_for_stops_the_start(
    heroku: tuple[str, Path],
) -> None:
    assert "ssl_ca_certs does not vouch for" in refusal(heroku[0] + "?ssl_cert_reqs=required")


def test_a_server_that_is_not_there_yet_does_not_stop_the_start() -> None:
    assert refusal(f"redis://127.0.0.1:{free_port()}/0") == ""
