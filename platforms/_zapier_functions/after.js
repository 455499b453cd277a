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
