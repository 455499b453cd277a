// Enqueues bodies read from the standard input, one a line. node fill.js SOCKET DB URL PER_SECOND.
// PER_SECOND 0 enqueues all of them at once; else each is marked with its moment just before.
const { Queue } = require('bullmq')
const { readFileSync } = require('fs')
const [, , path, db, url, perSecond] = process.argv
const bodies = readFileSync(0, 'utf8').trim().split('\n')
const queue = new Queue('deliveries', { connection: { path, db: Number(db) } })
const CHUNK = 1000

async function all () {
  for (let i = 0; i < bodies.length; i += CHUNK) {
    await queue.addBulk(bodies.slice(i, i + CHUNK).map(body => ({ name: 'd', data: { url, body } })))
  }
}

// The same clock as Python's time.monotonic_ns.
function stamped (body) {
  const now = process.hrtime.bigint().toString().padStart(17, '0')
  return body.replace(/#(\d{8})\.\d{17}#/, `#$1.${now}#`)
}

async function paced () {
  const began = performance.now()
  for (let i = 0; i < bodies.length; i++) {
    const wait = began + i * 1000 / Number(perSecond) - performance.now()
    if (wait > 0) await new Promise(resolve => setTimeout(resolve, wait))
    await queue.add('d', { url, body: stamped(bodies[i]) })
  }
}

(Number(perSecond) ? paced() : all()).then(() => queue.close()).then(() => process.exit(0))
