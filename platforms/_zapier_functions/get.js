const response = await z.request({
  method: 'GET',
  url: $url,
  middlewareData: { values: $values },
});
