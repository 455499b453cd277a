"""The texts for Pabbly's form of an app: requests with `{{…}}` in place of a user's values."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from integration.kernel import outputs
from integration.kernel.call_options import Handling, Paging
from integration.kernel.catalog import Catalog, dashed
from integration.kernel.fields import Inputs, described
from integration.kernel.specs import Action, Options, Search, Trigger

Json = dict[str, Any]

KEY: Json = {
    "key": "api_key",
    "type": "secret",
    "required": True,
    "list": False,
    "label": "API Key",
    "help": "Made in the console of your Hookline service, under API keys.",
    "sample": "hk_…",
}
WAIT = 20
"""Seconds. Pabbly documents no limit for a step; many proxies hang up at 30."""


def setup(catalog: Catalog, base_url: str) -> Json:
    """The whole form. Every request is complete: with its values filled in, it can be sent."""
    form = Form(base_url)
    acting = [form.action(each) for each in catalog.actions.values()]
    finding = [form.search(each) for each in catalog.searches.values()]
    return {
        "app": {
            "name": "Hookline",
            "description": "SMS and MMS through your own phones and gateways.",
            "address": base_url,
        },
        "authentication": form.authentication(),
        "triggers": [form.trigger(each) for each in catalog.triggers.values()],
        "actions": [*acting, *finding],
        "dropdowns": [form.dropdown(each) for each in catalog.options.values()],
    }


class Form:
    """The parts of the form; they contain the service's address."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url

    def authentication(self) -> Json:
        return {
            "type": "API Key",
            "fields": [KEY],
            "test": self._request("GET", "/v1/me"),
            "account_name": "label",
        }

    def trigger(self, spec: Trigger) -> Json:
        offered = [*([] if spec.single else [_consumer()]), *_fields(spec.inputs)]
        path = f"/v1/triggers/{dashed(spec.key)}"
        return {
            **_words(spec),
            "webhook": self._webhook(spec),
            "polling": {
                "fields": offered,
                "request": self._request("GET", path, query=_blanks(offered)),
                "unique": "id",
            },
            "sample": dict(spec.sample),
        }

    def _webhook(self, spec: Trigger) -> Json:
        """`pasted` is for a URL that a user copies, `subscribe` for a form that asks for one."""
        body = {"target_url": "{{webhook_url}}", "trigger": dashed(spec.key), "platform": "pabbly"}
        filters = _blanks(_fields(spec.inputs))
        pasted = {"platform": body["platform"], "trigger": body["trigger"]}
        return {
            "fields": _fields(spec.inputs),
            "pasted": f"{self.base_url}/console/hooks/new?{urlencode(pasted)}",
            "subscribe": self._request("POST", "/v1/hooks", body=body | filters),
            "subscription_id": "id",
            "test": self._request("POST", "/v1/hooks/{{id}}/test", body={}),
            "unsubscribe": self._request("DELETE", "/v1/hooks/{{id}}"),
        }

    def action(self, spec: Action) -> Json:
        once = [each for each in described(Handling) if each["key"] == "idempotency_key"]
        offered = [*_fields(spec.inputs), *once]
        path = f"/v1/actions/{dashed(spec.key)}?wait={WAIT}"
        job = outputs.job_sample(spec)
        return {
            **_words(spec),
            "fields": offered,
            "request": self._request("POST", path, body=_blanks(offered)),
            "sample": job,
            **({"sample_of_several": outputs.batch_sample(job)} if spec.split else {}),
        }

    def search(self, spec: Search) -> Json:
        offered = _fields(spec.inputs)
        path = f"/v1/searches/{dashed(spec.key)}"
        return {
            **_words(spec),
            "fields": offered,
            "request": self._request("GET", path, query=_blanks(offered)),
            "sample": [dict(spec.sample)],
        }

    def dropdown(self, spec: Options) -> Json:
        chosen = {"query": {"connection": "{{connection}}"}} if spec.needs else {}
        return {
            "key": dashed(spec.key),
            "name": spec.label,
            "request": self._request("GET", f"/v1/options/{dashed(spec.key)}", **chosen),
            "value": "id",
            "label": "label",
        }

    def _request(self, method: str, path: str, **content: Json) -> Json:
        headers = {"Authorization": "Bearer {{api_key}}"}
        if "body" in content:
            headers["Content-Type"] = "application/json"
        return {"method": method, "url": self.base_url + path, "headers": headers, **content}


def _consumer() -> Json:
    """Pabbly documents no deduplication, so the service keeps the cursor."""
    field = next(each for each in described(Paging) if each["key"] == "consumer")
    return field | {
        "help": "A name of this workflow's own; each poll then gives only what it has not had."
    }


def _words(spec: Trigger | Action | Search) -> Json:
    return {"key": dashed(spec.key), "name": spec.label, "description": spec.description}


def _fields(inputs: type[Inputs]) -> list[Json]:
    return [_field(each) for each in described(inputs)]


def _field(field: Mapping[str, Any]) -> Json:
    """A field; it names its dropdown as the sheet does."""
    kept = {key: value for key, value in field.items() if key not in ("aliases", "options")}
    dropdown = {"dropdown": dashed(field["options"])} if "options" in field else {}
    return kept | dropdown


def _blanks(fields: Sequence[Mapping[str, Any]]) -> Json:
    """A placeholder for each value; an empty one means "not given"."""
    return {field["key"]: f"{{{{{field['key']}}}}}" for field in fields}
