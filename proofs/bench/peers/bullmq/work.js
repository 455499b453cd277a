// A BullMQ worker that posts bodies: node work.js SOCKET DB CONCURRENCY
const { Worker } = require('bullmq')
const { Agent } = require('undici')
const [, , path, db, concurrency] = process.argv
const agent = new Agent({ connections: Number(concurrency) })
const headers = { 'content-type': 'application/json' }

async function post (job) {
  const target = new URL(job.data.url)
  const { statusCode, body } = await agent.request({
    origin: target.origin, path: target.pathname, method: 'POST', headers, body: job.data.body
  })
  await body.dump()
  if (statusCode !== 200) throw new Error(`status ${statusCode}`)
}

const connection = { path, db: Number(db), maxRetriesPerRequest: null }
const worker = new Worker('deliveries', post, { connection, concurrency: Number(concurrency) })
worker.on('error', error => console.error(error))
process.on('SIGTERM', () => worker.close().then(() => process.exit(0)))
