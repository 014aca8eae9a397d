// The API as the holder of a token sees it.
import assert from 'node:assert/strict'
import { world } from './scenario.mjs'

/** What `GET /v1/me` answers to a token. */
export async function me(token) {
  const began = performance.now()
  const response = await fetch(`${world.origin}/v1/me`, { headers: { authorization: `Bearer ${token}` } })
  const body = await response.json()
  return { status: response.status, headers: response.headers, body, ms: performance.now() - began }
}

/** The token opens the API: what it says of its holder. */
export async function opens(token) {
  const { status, body } = await me(token)
  assert.equal(status, 200, JSON.stringify(body))
  return body
}

/** The token opens nothing, in the one shape of every refusal. */
export async function opensNothing(token) {
  const { status, headers, body } = await me(token)
  assert.equal(status, 401, JSON.stringify(body))
  assert.match(headers.get('content-type'), /^application\/problem\+json/)
  assert.match(headers.get('www-authenticate'), /^Bearer .*error="invalid_token"/)
  return body
}

/** The keys of its issuer cannot be had: nobody knows whether the token is good. */
export async function isUnknown(token) {
  const { status, headers, body, ms } = await me(token)
  assert.equal(status, 503, JSON.stringify(body))
  assert.match(headers.get('content-type'), /^application\/problem\+json/)
  assert.match(headers.get('retry-after'), /^[1-9][0-9]*$/)
  return { body, ms }
}
