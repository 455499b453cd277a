const id = bundle.subscribeData && bundle.subscribeData.id;
const response = await z.request({
  method: 'DELETE',
  url: id ? '/v1/hooks/' + id : '/v1/hooks',
  middlewareData: { values: id ? {} : { target_url: bundle.targetUrl } },
});
return response.data;
