// The app is app.json; this adds the versions that Zapier wants to be told.
module.exports = {
  ...require('./app.json'),
  version: require('./package.json').version,
  platformVersion: require('zapier-platform-core').version,
};
