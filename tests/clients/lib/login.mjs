// An application of ours by openid-client, and a person who logs in to it.
import assert from 'node:assert/strict'
import * as client from 'openid-client'
import { Browser } from './browser.mjs'
import { world } from './scenario.mjs'

/** A pool's part of the world: issuer, applications, people. */
export function pool(slug = 'clients') {
  return world.pools[slug]
}

/** The application as openid-client knows it, by discovery. */
export async function configured(app, { auth, algorithm, of = 'clients' } = {}) {
  const { issuer, apps } = pool(of)
  const { client_id, client_secret } = apps[app]
  const method = auth ?? (client_secret ? client.ClientSecretBasic(client_secret) : client.None())
  const config = await client.discovery(new URL(issuer), client_id, undefined, method, {
    algorithm, execute: [client.allowInsecureRequests],
  })
  return config
}

/** An authorization request of the application, and what its answer is checked by. */
export async function asked(config, app, parameters = {}, of = 'clients') {
  const checks = {
    pkceCodeVerifier: client.randomPKCECodeVerifier(),
    expectedState: client.randomState(),
    expectedNonce: client.randomNonce(),
    idTokenExpected: true,
  }
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: pool(of).apps[app].redirect_uri,
    scope: 'openid',
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    ...parameters,
  })
  for (const [name, value] of [...url.searchParams]) if (value === 'undefined') url.searchParams.delete(name)
  return { url, checks }
}

/** The whole way: request, login where needed, answer, tokens. */
export async function signedIn(config, app, { browser = new Browser(), person, parameters, of = 'clients' } = {}) {
  const { url, checks } = await asked(config, app, parameters, of)
  const answer = await browser.authorize(url.href, person)
  assert.ok(answer.searchParams.get('code'), `no code: ${answer}`)
  const tokens = await client.authorizationCodeGrant(config, answer, checks)
  return { tokens, answer, checks, browser }
}

/** The error that an authorization request is answered by, at the application's address. */
export async function errorOf(config, browser, url, person) {
  const answer = await browser.authorize(url.href ?? url, person)
  assert.equal(answer.searchParams.get('code'), null, `a code: ${answer}`)
  assert.equal(answer.searchParams.get('iss'), config.serverMetadata().issuer, `${answer}`)
  return answer.searchParams.get('error')
}

/** Whether the browser still has a session in the pool. */
export async function hasSession(config, app, browser, of = 'clients') {
  const { url } = await asked(config, app, { prompt: 'none' }, of)
  const answer = await browser.authorize(url.href)
  if (answer.searchParams.get('code')) return true
  assert.equal(answer.searchParams.get('error'), 'login_required', `${answer}`)
  return false
}

/** The claims of a token, unchecked. */
export function claimsOf(token) {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url'))
}

/** A raw request to an endpoint: what the libraries would not send. */
export async function raw(url, parameters, { method = 'POST', headers = {}, app, type } = {}) {
  const body = typeof parameters === 'string' ? parameters : new URLSearchParams(parameters).toString()
  const basic = app && { authorization: `Basic ${Buffer.from(`${app.client_id}:${app.client_secret}`).toString('base64')}` }
  const response = await fetch(method === 'GET' ? `${url}?${body}` : url, {
    method,
    redirect: 'manual',
    headers: { ...(method !== 'GET' && { 'content-type': type ?? 'application/x-www-form-urlencoded' }), ...basic, ...headers },
    ...(method !== 'GET' && { body }),
  })
  const text = await response.text()
  let json
  try { json = JSON.parse(text) } catch { json = undefined }
  return { status: response.status, headers: response.headers, text, json }
}
