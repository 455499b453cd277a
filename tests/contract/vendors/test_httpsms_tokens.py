"""httpSMS's tokens, judged by PyJWT: it makes some for us, and reads the sandbox's.

httpSMS has no library of its own for Python. Its server signs with golang-jwt.
"""

from __future__ import annotations

import json
import warnings
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest

from integration.kernel.webhooks import WebhookCall
from providers._httpsms_token import ISSUER, is_genuine
from sandbox.httpsms_hooks import token

KEY, OTHER = "0123456789abcdef" * 4, "fedcba9876543210" * 4
ADDRESS = "https://hook.example.com/ingress/httpsms/conn_x-abc"
NOW = int(datetime.now(UTC).timestamp())
CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "sub": "user1",
    "aud": [ADDRESS],
    "iat": NOW,
    "nbf": NOW - 600,
    "exp": NOW + 600,
}


def bearing(written: str, scheme: str = "Bearer", at: int = NOW) -> WebhookCall:
    return WebhookCall(
        method="POST",
        url=ADDRESS,
        query=(),
        headers={"authorization": f"{scheme} {written}"},
        body=b"{}",
        at=datetime.fromtimestamp(at, UTC),
    )


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"aud": ADDRESS},
        {"aud": ["https://example.com", ADDRESS + "/"]},
        {"aud": ADDRESS.replace("https://hook", "HTTPS://Hook")},
        {"exp": NOW + 1, "nbf": NOW},
        {"more": [1]},
    ],
    ids=" ".join,
)
def test_a_token_that_pyjwt_makes_counts(claims: dict[str, Any]) -> None:
    made = jwt.encode({**CLAIMS, **claims}, KEY, algorithm="HS256")
    assert is_genuine(bearing(made), [OTHER, KEY])
    assert is_genuine(bearing(made, "bearer"), [KEY])


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "https://hook.example.com/ingress/httpsms/conn_x"},
        {"aud": []},
        {"iss": "example.com"},
        {"exp": NOW},
        {"nbf": NOW + 1},
        {"exp": "never"},
    ],
    ids=" ".join,
)
def test_a_token_with_another_claim_does_not(claims: dict[str, Any]) -> None:
    # As bytes: `jwt.encode` does not write a time that is no number.
    written = json.dumps({**CLAIMS, **claims}).encode()
    made = jwt.PyJWS().encode(written, KEY, algorithm="HS256")
    assert not is_genuine(bearing(made), [KEY])


@pytest.mark.parametrize("name", sorted(CLAIMS.keys() - {"sub", "iat"}))
def test_a_token_that_lacks_a_claim_does_not(name: str) -> None:
    claims = {each: CLAIMS[each] for each in CLAIMS if each != name}
    assert not is_genuine(bearing(jwt.encode(claims, KEY, algorithm="HS256")), [KEY])


@pytest.mark.parametrize("algorithm", ["HS384", "HS512", "none"])
def test_a_token_of_another_algorithm_does_not(algorithm: str) -> None:
    key = "" if algorithm == "none" else KEY
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = jwt.encode(CLAIMS, key, algorithm=algorithm)
    assert not is_genuine(bearing(made), [KEY])


def test_pyjwt_reads_a_token_of_the_sandbox() -> None:
    made = token("user1", ADDRESS, KEY)
    found = jwt.decode(made, KEY, algorithms=["HS256"], audience=ADDRESS, issuer=ISSUER)
    assert found["exp"] - found["nbf"] == 1200
    assert is_genuine(bearing(made, at=found["iat"]), [KEY])
    assert not is_genuine(bearing(made, at=found["iat"]), [OTHER])
