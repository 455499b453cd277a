"""The JavaScript of the Zapier app: the code that Zapier runs around and in each operation.

Each operation is a few lines; two middlewares hold the shared code. A user's values travel as
`middlewareData`, in which Zapier replaces no curly braces. A text with `{{name}}` or
`{{bundle.authData.api_key}}` thus arrives unchanged.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from string import Template
from typing import Any

from integration.kernel.catalog import dashed

Function = dict[str, Any]
WAIT = 20
"""Seconds that an action's call waits for the outcome; Zapier gives up after 30."""
NEWEST, MOST = 3, 100
"""Rows that the editor's test step reads, and rows of a poll."""

BEFORE = """\
const given = String(bundle.authData.base_url || '').trim();
const invalid = new z.errors.Error(
  'The Server URL must be the https address of your Hookline server, such as https://sms.example.com.',
  'invalid-server-url',
  400
);
let server;
try {
  server = new URL(/^[a-z][a-z0-9+.-]*:[/][/]/i.test(given) ? given : 'https://' + given);
} catch (error) {
  throw invalid;
}
const local = ['localhost', '127.0.0.1'].includes(server.hostname);
const open = server.protocol === 'https:' || (server.protocol === 'http:' && local);
if (!open || server.username || server.password || server.search || server.hash) {
  throw invalid;
}
const folder = server.pathname.replace(/[/]+/g, '/').replace(/[/]$/, '').replace(/[/]v1$/, '');
request.url = server.origin + folder + request.url;
const values = (request.middlewareData && request.middlewareData.values) || {};
const blank = (value) => value === undefined || value === null || value === '';
const known = Object.entries(values).filter((pair) => !blank(pair[1]));
if (request.method === 'POST') {
  request.headers['content-type'] = 'application/json';
  request.body = JSON.stringify(Object.fromEntries(known));
} else {
  const pairs = known.flatMap(([name, value]) => [].concat(value).map((each) => [name, each]));
  const query = pairs.map((pair) => pair.map(encodeURIComponent).join('=')).join('&');
  request.url += query ? '?' + query : '';
}
return request;
"""
AFTER = """\
const problem = response.data || {};
const status = response.status;
if (status < 400 && response.data === undefined) {
  throw new z.errors.Error(
    'No Hookline server answered at the Server URL; check the address.',
    'not-hookline',
    status
  );
}
if (status < 400 || response.skipThrowForStatus) {
  return response;
}
const message =
  typeof problem.message === 'string'
    ? problem.message
    : 'Your server answered ' + status + ' without a reason; check that it runs and try again.';
const seconds = parseInt(response.headers.get('retry-after'), 10);
if (status === 401) {
  throw new z.errors.ExpiredAuthError(message);
}
if (status === 429 || (status === 503 && seconds > 0)) {
  throw new z.errors.ThrottledError(message, seconds > 0 ? seconds : 60);
}
throw new z.errors.Error(message, String(problem.type || 'error').split(':').pop(), status);
"""
TAKEN = """\
const given = bundle.cleanedRequest;
return Array.isArray(given) ? given : [given];
"""
UNSUBSCRIBE = """\
const id = bundle.subscribeData && bundle.subscribeData.id;
const response = await z.request({
  method: 'DELETE',
  url: id ? '/v1/hooks/' + id : '/v1/hooks',
  middlewareData: { values: id ? {} : { target_url: bundle.targetUrl } },
});
return response.data;
"""
LABEL = """\
const server = bundle.authData.base_url.replace(/^https?:[/][/]/i, '').replace(/[/]+$/, '');
return bundle.inputData.label + ' (' + server + ')';
"""
VALUES = """\
const fields = $fields;
const values = Object.fromEntries(fields.map((name) => [name, bundle.inputData[name]]));
"""
SUBSCRIBE = """\
const zap = bundle.meta && bundle.meta.zap && bundle.meta.zap.id;
const hook = { trigger: $trigger, platform: 'zapier', target_url: bundle.targetUrl };
const response = await z.request({
  method: 'POST',
  url: '/v1/hooks',
  middlewareData: { values: { ...values, ...hook, description: zap ? 'Zap ' + zap : '' } },
});
return response.data;
"""
GET = """\
const response = await z.request({
  method: 'GET',
  url: $url,
  middlewareData: { values: $values },
});
"""
CREATE = """\
const response = await z.request({
  method: 'POST',
  url: $url,
  middlewareData: { values: { ...values, wait: $wait } },
});
"""
FOUND = """\
if (bundle.meta && bundle.meta.withSearch === $search) {
  const shared = $shared.map((name) => [name, [].concat(values[name])[0]]);
  const found = await z.request({
    method: 'GET',
    url: $url,
    middlewareData: { values: Object.fromEntries(shared) },
  });
  return found.data[0] || response.data;
}
"""
DATA = "return response.data;\n"
ONE = "return response.data.id ? [response.data] : [];\n"


def function(source: str, *arguments: str) -> Function:
    return {"source": source, "args": [*(arguments or ("z", "bundle"))]}


def before() -> Function:
    """Completes the Server URL, refuses a malformed one, and writes the values."""
    return function(BEFORE, "request", "z", "bundle")


def after() -> Function:
    """Turns a refusal into Zapier's kind of error with our sentence."""
    return function(AFTER, "response", "z", "bundle")


def me() -> Function:
    return function(_get("/v1/me", "{}") + DATA)


def subscribe(key: str, fields: Sequence[str]) -> Function:
    return function(_values(fields) + _filled(SUBSCRIBE, trigger=dashed(key)))


def poll(key: str, fields: Sequence[str], *, limit: int, single: bool) -> Function:
    values = "values" if single else f"{{ ...values, limit: {limit} }}"
    read = _get(f"/v1/triggers/{dashed(key)}", values)
    return function(_values(fields) + read + (ONE if single else DATA))


def dropdown(key: str, *, narrowed: bool) -> Function:
    """Fills a dropdown; `narrowed` limits it to the connection that the same form names."""
    page = "page: (bundle.meta && bundle.meta.page) || 0"
    values = f"{page}, connection: bundle.inputData.connection" if narrowed else page
    return function(_get(f"/v1/options/{dashed(key)}", f"{{ {values} }}") + DATA)


def search(key: str, fields: Sequence[str]) -> Function:
    return function(_values(fields) + _get(f"/v1/searches/{dashed(key)}", "values") + DATA)


def create(key: str, fields: Sequence[str], found: str = "") -> Function:
    call = _filled(CREATE, url=f"/v1/actions/{dashed(key)}", wait=WAIT)
    return function(_values(fields) + call + found + DATA)


def found(search_key: str, shared: Sequence[str]) -> str:
    """Returns the new thing in the form of the search, for a find-or-create step.

    The steps behind it then find the same fields either way.
    """
    url = f"/v1/searches/{dashed(search_key)}"
    return _filled(FOUND, search=search_key, shared=list(shared), url=url)


def _values(fields: Sequence[str]) -> str:
    return _filled(VALUES, fields=list(fields))


def _get(url: str, values: str) -> str:
    return Template(GET).substitute(url=json.dumps(url), values=values)


def _filled(source: str, **words: Any) -> str:
    return Template(source).substitute({name: json.dumps(word) for name, word in words.items()})
