const zap = bundle.meta && bundle.meta.zap && bundle.meta.zap.id;
const hook = { trigger: $trigger, platform: 'zapier', target_url: bundle.targetUrl };
const response = await z.request({
  method: 'POST',
  url: '/v1/hooks',
  middlewareData: { values: { ...values, ...hook, description: zap ? 'Zap ' + zap : '' } },
});
return response.data;
