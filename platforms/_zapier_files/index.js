// The app is app.json; this adds the versions that Zapier asks for.
module.exports = {
  ...require('./app.json'),
  version: require('./package.json').version,
  platformVersion: require('zapier-platform-core').version,
};
