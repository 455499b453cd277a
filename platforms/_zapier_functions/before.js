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
