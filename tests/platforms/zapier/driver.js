// Runs a Zapier app as Zapier does: `node driver.js FOLDER` loads the app that was pushed from that
// folder, reads one command a line ({method, bundle}, or {command}) and writes one answer a line.
process.env.NODE_ENV = 'test'; // turns on the checks of an operation's results
const path = require('path');
const readline = require('readline');
const { createRequire } = require('module');

const folder = path.resolve(process.argv[2]);
const load = createRequire(path.join(folder, 'index.js'));
const zapier = load('zapier-platform-core');
const { validateAppDefinition } = load('zapier-platform-schema');
const app = load('./index.js');
const handler = zapier.createAppHandler(app);

const answer = async (event) => {
  if (event.command === 'schema') {
    return { results: validateAppDefinition(app).errors.map((error) => error.stack) };
  }
  return { results: (await handler({ command: 'execute', ...event })).results };
};

const told = (error) => {
  const message = error.message.split(/\n+(?:What happened|Console logs):/)[0];
  try {
    return { error: error.name, ...JSON.parse(message) };
  } catch {
    return { error: error.name, message };
  }
};

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const out = await answer(JSON.parse(line)).catch(told);
    process.stdout.write(JSON.stringify(out) + '\n');
  }
})();
