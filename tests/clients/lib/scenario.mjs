// A scenario is a line for the runner. The world comes on the standard input, and when that ends, so do we.
import { createInterface } from 'node:readline'

const family = process.env.CLIENTS_FAMILY ?? 'by hand'
const filter = process.env.CLIENTS_FILTER ?? ''
const LIMIT_MS = 30_000

let arrived
const first = new Promise((resolve) => { arrived = resolve })
const input = createInterface({ input: process.stdin })
input.once('line', (line) => arrived(JSON.parse(line)))
input.once('close', () => process.exit(0))

/** What the runner tells: where the server is, which applications and people it knows. */
export const world = await first

/** Whether a scenario of this name was asked for. */
export function wanted(name) {
  return `${family}::${name.replaceAll(' ', '_')}`.includes(filter)
}

/** Runs a scenario; what it throws is why it failed. */
export async function scenario(name, body) {
  if (!wanted(name)) return
  let timer
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${LIMIT_MS / 1000} s`)), LIMIT_MS)
  })
  try {
    await Promise.race([body(), limit])
    say({ scenario: name, ok: true })
  } catch (error) {
    say({ scenario: name, ok: false, why: explain(error) })
  } finally {
    clearTimeout(timer)
  }
}

/** Says that nothing comes any more. */
export function end() {
  say({ end: true })
}

/** That a promise is rejected, and by what: a code, a name, or a test of the error. */
export async function refused(promise, expected) {
  let value
  try {
    value = await promise
  } catch (error) {
    const names = [error.error, error.code, error.name, error.status, error.cause?.code, error.message]
    // A challenge says 401, not why: of an application, that is that it was not recognised.
    if (error.status === 401 && !error.error) names.push('invalid_client')
    const fits = typeof expected === 'function' ? expected(error) : expected === undefined || names.includes(expected)
    if (fits) return error
    throw new Error(`refused, but not by ${expected}: ${explain(error)}`, { cause: error })
  }
  throw new Error(`not refused: ${JSON.stringify(value)?.slice(0, 500)}`)
}

function explain(error) {
  const lines = [error?.stack ?? String(error)]
  for (const key of ['error', 'error_description', 'code', 'status']) {
    if (error?.[key] !== undefined) lines.push(`${key}: ${error[key]}`)
  }
  if (error?.cause !== undefined) {
    lines.push(`cause: ${error.cause instanceof Error ? explain(error.cause) : JSON.stringify(error.cause)}`)
  }
  return lines.join('\n')
}

function say(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

process.on('unhandledRejection', (error) => {
  process.stderr.write(`${family}: ${explain(error)}\n`)
  process.exit(1)
})
