// oauth4webapi, which checks each field of every answer: what is ours passes, and nothing that was touched.
import assert from 'node:assert/strict'
import * as oauth from 'oauth4webapi'
import { Browser } from './lib/browser.mjs'
import { claimsOf, pool } from './lib/login.mjs'
import { end, refused, scenario } from './lib/scenario.mjs'

const { apps, people, issuer } = pool()
const open = { [oauth.allowInsecureRequests]: true }
const client = { client_id: apps.web.client_id }
const secret = oauth.ClientSecretBasic(apps.web.client_secret)
const browser = new Browser()

const as = await oauth.processDiscoveryResponse(new URL(issuer), await oauth.discoveryRequest(new URL(issuer), open))

/** An answer of the authorization endpoint. */
async function answered(parameters = {}) {
  const verifier = oauth.generateRandomCodeVerifier()
  const state = oauth.generateRandomState()
  const nonce = oauth.generateRandomNonce()
  const url = new URL(as.authorization_endpoint)
  url.search = new URLSearchParams({
    client_id: client.client_id, redirect_uri: apps.web.redirect_uri, response_type: 'code', scope: 'openid profil:lire',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', state, nonce, ...parameters,
  })
  return { answer: await browser.authorize(url.href, people.camille), state, nonce, verifier }
}

async function tokens() {
  const { answer, state, nonce, verifier } = await answered()
  const checked = oauth.validateAuthResponse(as, client, answer, state)
  const response = await oauth.authorizationCodeGrantRequest(as, client, secret, checked, apps.web.redirect_uri, verifier, open)
  return { response, nonce }
}
const processed = async ({ response, nonce }, expected = nonce) => oauth.processAuthorizationCodeResponse(
  as, client, response, { expectedNonce: expected, requireIdToken: true },
)

/** A request with a token, as a resource server receives it. */
const presented = (token) => new Request(`${issuer}/api`, { headers: { authorization: `Bearer ${token}` } })
const validated = (token, audience, over = {}) => oauth.validateJwtAccessToken({ ...as, ...over }, presented(token), audience, open)

await scenario('oauth discovery inserts the well-known part', async () => {
  const response = await oauth.discoveryRequest(new URL(issuer), { ...open, algorithm: 'oauth2' })
  assert.match(response.url, /\/\.well-known\/oauth-authorization-server\/pools\//)
  const metadata = await oauth.processDiscoveryResponse(new URL(issuer), response)
  assert.equal(metadata.token_endpoint, as.token_endpoint)
})

await scenario('a discovery of another pool is not taken', async () => {
  const response = await oauth.discoveryRequest(new URL(pool('partenaires').issuer), open)
  await refused(oauth.processDiscoveryResponse(new URL(issuer), response))
})

await scenario('the whole way passes every check', async () => {
  const given = await tokens()
  const result = await processed(given)
  const claims = oauth.getValidatedIdTokenClaims(result)
  assert.equal(claims.iss, issuer)
  await oauth.validateApplicationLevelSignature(as, given.response, open)
})

await scenario('our access tokens are those of rfc 9068', async () => {
  const result = await processed(await tokens())
  const [aud] = [claimsOf(result.access_token).aud].flat()
  const claims = await validated(result.access_token, aud)
  assert.equal(claims.client_id, client.client_id)
  for (const name of ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti', 'scope', 'auth_time', 'acr', 'amr', 'sid']) {
    assert.notEqual(claims[name], undefined, name)
  }
})

await scenario('our access tokens for programs too', async () => {
  const partners = pool('partenaires')
  const { client_id, client_secret } = partners.apps.server
  const server = await oauth.processDiscoveryResponse(new URL(partners.issuer), await oauth.discoveryRequest(new URL(partners.issuer), open))
  const response = await oauth.clientCredentialsGrantRequest(server, { client_id }, oauth.ClientSecretPost(client_secret), { scope: 'devis:lire' }, open)
  const result = await oauth.processClientCredentialsResponse(server, { client_id }, response)
  const claims = await oauth.validateJwtAccessToken(server, presented(result.access_token), [claimsOf(result.access_token).aud].flat()[0], open)
  assert.equal(claims.sub, client_id)
  // Of one pool only: another one's keys do not know it.
  await refused(oauth.validateJwtAccessToken(as, presented(result.access_token), [claimsOf(result.access_token).aud].flat()[0], open))
})

await scenario('an id token is no access token', async () => {
  const result = await processed(await tokens())
  await refused(validated(result.id_token, client.client_id))
})

await scenario('an access token for another audience', async () => {
  const result = await processed(await tokens())
  await refused(validated(result.access_token, 'urn:somebody:else'))
})

for (const part of ['header', 'payload', 'signature']) {
  await scenario(`an access token with a changed ${part}`, async () => {
    const { access_token } = await processed(await tokens())
    const [aud] = [claimsOf(access_token).aud].flat()
    const parts = access_token.split('.')
    const at = ['header', 'payload', 'signature'].indexOf(part)
    const middle = Math.floor(parts[at].length / 2)
    parts[at] = parts[at].slice(0, middle) + (parts[at][middle] === 'A' ? 'B' : 'A') + parts[at].slice(middle + 1)
    await refused(validated(parts.join('.'), aud))
  })
}

for (const name of ['iss', 'aud', 'sub', 'exp', 'client_id', 'iat', 'jti', 'scope', 'acr']) {
  await scenario(`an access token with another ${name}`, async () => {
    const { access_token } = await processed(await tokens())
    const [header, payload, signature] = access_token.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url'))
    const [aud] = [claims.aud].flat()
    claims[name] = typeof claims[name] === 'number' ? claims[name] + 1 : `${claims[name]}x`
    await refused(validated([header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.'), aud))
  })
}

/** Answers of the authorization endpoint that were touched on their way. */
const TOUCHED = {
  'another iss': (answer) => answer.searchParams.set('iss', `${issuer}/`),
  'the iss of another pool': (answer) => answer.searchParams.set('iss', pool('partenaires').issuer),
  'no iss': (answer) => answer.searchParams.delete('iss'),
  'iss twice': (answer) => answer.searchParams.append('iss', issuer),
  'another state': (answer) => answer.searchParams.set('state', 'another'),
  'no state': (answer) => answer.searchParams.delete('state'),
  'state twice': (answer) => answer.searchParams.append('state', 'another'),
  'an error': (answer) => answer.searchParams.set('error', 'access_denied'),
}
for (const [what, touch] of Object.entries(TOUCHED)) {
  await scenario(`an answer with ${what}`, async () => {
    const { answer, state } = await answered()
    oauth.validateAuthResponse(as, client, new URL(answer), state)
    touch(answer)
    await refused((async () => oauth.validateAuthResponse(as, client, answer, state))())
  })
}

await scenario('an error answer has its iss and state too', async () => {
  const { answer, state } = await answered({ prompt: 'none', max_age: '0', scope: 'openid', login_hint: 'x' }).catch((error) => ({ error }))
  const { answer: wrong, state: its } = answer?.searchParams.get('error') ? { answer, state } : await answered({ scope: 'openid nothing' })
  const error = await refused((async () => oauth.validateAuthResponse(as, client, wrong, its))())
  assert.ok(error instanceof oauth.AuthorizationResponseError, String(error))
  wrong.searchParams.set('iss', `${issuer}x`)
  const other = await refused((async () => oauth.validateAuthResponse(as, client, wrong, its))())
  assert.ok(!(other instanceof oauth.AuthorizationResponseError), String(other))
})

await scenario('a changed code', async () => {
  const { answer, state, verifier } = await answered()
  answer.searchParams.set('code', `${answer.searchParams.get('code')}x`)
  const checked = oauth.validateAuthResponse(as, client, answer, state)
  const response = await oauth.authorizationCodeGrantRequest(as, client, secret, checked, apps.web.redirect_uri, verifier, open)
  await refused(oauth.processAuthorizationCodeResponse(as, client, response), 'invalid_grant')
})

await scenario('another nonce', async () => {
  await refused(processed(await tokens(), 'another'))
})

await scenario('userinfo of somebody else', async () => {
  const result = await processed(await tokens())
  const { sub } = oauth.getValidatedIdTokenClaims(result)
  const response = async () => oauth.userInfoRequest(as, client, result.access_token, open)
  assert.equal((await oauth.processUserInfoResponse(as, client, sub, await response())).sub, sub)
  await refused(oauth.processUserInfoResponse(as, client, 'somebody else', await response()))
})

await scenario('refresh, introspection and revocation', async () => {
  const { answer, state, nonce, verifier } = await answered({ scope: 'openid offline_access' })
  const checked = oauth.validateAuthResponse(as, client, answer, state)
  const response = await oauth.authorizationCodeGrantRequest(as, client, secret, checked, apps.web.redirect_uri, verifier, open)
  const first = await processed({ response, nonce })
  const again = await oauth.processRefreshTokenResponse(as, client, await oauth.refreshTokenGrantRequest(as, client, secret, first.refresh_token, open))
  const told = await oauth.processIntrospectionResponse(as, client, await oauth.introspectionRequest(as, client, secret, again.access_token, open))
  assert.equal(told.active, true)
  await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, secret, again.refresh_token, open))
  const after = await oauth.processIntrospectionResponse(as, client, await oauth.introspectionRequest(as, client, secret, again.access_token, open))
  assert.equal(after.active, false)
})

end()
