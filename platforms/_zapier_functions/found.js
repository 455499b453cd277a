if (bundle.meta && bundle.meta.withSearch === $search) {
  const shared = $shared.map((name) => [name, [].concat(values[name])[0]]);
  const found = await z.request({
    method: 'GET',
    url: $url,
    middlewareData: { values: Object.fromEntries(shared) },
  });
  return found.data[0] || response.data;
}
