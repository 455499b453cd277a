const response = await z.request({
  method: 'POST',
  url: $url,
  middlewareData: { values: { ...values, wait: $wait } },
});
