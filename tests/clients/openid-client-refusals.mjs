// openid-client, and requests that it would not send: what must be refused, and how.
import assert from 'node:assert/strict'
import * as client from 'openid-client'
import { Browser } from './lib/browser.mjs'
import { asked, claimsOf, configured, errorOf, pool, raw, signedIn } from './lib/login.mjs'
import { end, refused, scenario } from './lib/scenario.mjs'

const { apps, people } = pool()
const { camille } = people
const web = await configured('web')
const mobile = await configured('mobile')
const { token_endpoint, authorization_endpoint } = web.serverMetadata()
const known = new Browser()

/** A code that was given and not yet used. */
async function code(app = 'web', config = web, parameters = {}) {
  const { url, checks } = await asked(config, app, parameters)
  const answer = await known.authorize(url.href, camille)
  return { answer, checks, code: answer.searchParams.get('code'), redirect_uri: apps[app].redirect_uri }
}

/** What a token request needs. */
const exchange = ({ code, checks, redirect_uri }, over = {}) => {
  const all = { grant_type: 'authorization_code', code, redirect_uri, code_verifier: checks.pkceCodeVerifier, ...over }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

async function refusedToken(parameters, error, { status = 400, app = apps.web, ...options } = {}) {
  const answer = await raw(token_endpoint, parameters, { app, ...options })
  assert.equal(answer.json?.error, error, `${answer.status} ${answer.text}`)
  assert.equal(answer.status, status, answer.text)
  assert.match(answer.headers.get('cache-control') ?? '', /no-store/)
  assert.equal(answer.json.access_token, undefined)
  return answer
}

await scenario('a wrong verifier', async () => {
  const given = await code()
  const wrong = { ...given.checks, pkceCodeVerifier: client.randomPKCECodeVerifier() }
  await refused(client.authorizationCodeGrant(web, given.answer, wrong), 'invalid_grant')
})

await scenario('no verifier, one that is too short, one in other letters', async () => {
  for (const code_verifier of [undefined, 'short', 'é'.repeat(43), 'a'.repeat(129)]) {
    const answer = await raw(token_endpoint, exchange(await code(), { code_verifier }), { app: apps.web })
    assert.ok(['invalid_grant', 'invalid_request'].includes(answer.json?.error), `${code_verifier}: ${answer.text}`)
    assert.equal(answer.status, 400)
  }
})

await scenario('plain pkce', async () => {
  const { url } = await asked(web, 'web', { code_challenge_method: 'plain' })
  assert.equal(await errorOf(web, known, url), 'invalid_request')
  url.searchParams.delete('code_challenge_method')
  assert.equal(await errorOf(web, known, url), 'invalid_request')
})

await scenario('no pkce, for public and confidential applications', async () => {
  for (const [app, config] of [['web', web], ['mobile', mobile]]) {
    const { url } = await asked(config, app)
    url.searchParams.delete('code_challenge')
    url.searchParams.delete('code_challenge_method')
    assert.equal(await errorOf(config, known, url), 'invalid_request')
  }
})

await scenario('a challenge that is none', async () => {
  for (const code_challenge of ['', 'short', 'é'.repeat(43), 'a'.repeat(44)]) {
    const { url } = await asked(web, 'web')
    url.searchParams.set('code_challenge', code_challenge)
    assert.equal(await errorOf(web, known, url), 'invalid_request', code_challenge)
  }
})

await scenario('redirects that are not known show an error and lead nowhere', async () => {
  const right = apps.web.redirect_uri
  const other = new URL(right)
  const wrong = [
    `${right}/`, `${right}x`, `${right}/../evil`, `${right}?a=1`, `${right}#a`, right.toUpperCase(), right.replace('https:', 'http:'),
    right.replace(other.host, `${other.host}.evil.example`), right.replace(other.host, `evil.example@${other.host}`),
    right.replace(other.host, `${other.host}@evil.example`), right.replace(other.host, `${other.host}:444`), 'https://evil.example/',
    '//evil.example/', '/', '', 'javascript:alert(1)', 'data:text/html,x', `${right}\r\nlocation: https://evil.example`,
    `${right}%00`, apps.third.redirect_uri, apps.mobile.loopback_uri, 'http://localhost/callback', 'urn:ietf:wg:oauth:2.0:oob',
  ]
  for (const redirect_uri of wrong) {
    const { url } = await asked(web, 'web')
    url.searchParams.set('redirect_uri', redirect_uri)
    const page = await known.ask('GET', url.href)
    assert.equal(page.leadsTo, undefined, `${redirect_uri} leads to ${page.leadsTo}`)
    assert.equal(page.status, 400, redirect_uri)
  }
})

await scenario('a loopback of another path, or by its name', async () => {
  const loopback = new URL(apps.mobile.loopback_uri)
  for (const redirect_uri of [
    `http://127.0.0.1:4000${loopback.pathname}x`, `http://localhost:4000${loopback.pathname}`,
    `http://127.0.0.2:4000${loopback.pathname}`, `https://127.0.0.1:4000${loopback.pathname}`,
  ]) {
    const { url } = await asked(mobile, 'mobile')
    url.searchParams.set('redirect_uri', redirect_uri)
    const page = await known.ask('GET', url.href)
    assert.equal(page.leadsTo, undefined, redirect_uri)
    assert.equal(page.status, 400, redirect_uri)
  }
})

await scenario('an application that is not known leads nowhere', async () => {
  for (const client_id of ['nobody', '', apps.web.client_id.toUpperCase(), `${apps.web.client_id}x`, pool('partenaires').apps.server.client_id]) {
    const { url } = await asked(web, 'web')
    url.searchParams.set('client_id', client_id)
    const page = await known.ask('GET', url.href)
    assert.equal(page.leadsTo, undefined, client_id)
    assert.equal(page.status, 400, client_id)
  }
})

await scenario('a parameter twice', async () => {
  for (const name of ['client_id', 'redirect_uri', 'scope', 'state', 'code_challenge']) {
    const { url } = await asked(web, 'web')
    url.searchParams.append(name, url.searchParams.get(name))
    const page = await known.ask('GET', url.href)
    const error = page.leadsTo && new URL(page.leadsTo).searchParams.get('error')
    assert.ok(page.status === 400 || error === 'invalid_request', `${name}: ${page.status} ${page.leadsTo}`)
  }
})

await scenario('response types and modes that are closed', async () => {
  for (const response_type of ['token', 'id_token', 'id_token token', 'code token', 'code id_token', 'none', 'x']) {
    const { url } = await asked(web, 'web')
    url.searchParams.set('response_type', response_type)
    const page = await known.ask('GET', url.href)
    const { searchParams, hash } = new URL(page.leadsTo ?? 'about:blank')
    const error = searchParams.get('error') ?? new URLSearchParams(hash.slice(1)).get('error')
    assert.ok(['unsupported_response_type', 'unauthorized_client', 'invalid_request'].includes(error), `${response_type}: ${page.status} ${page.leadsTo}`)
  }
})

await scenario('no response type', async () => {
  const { url } = await asked(web, 'web')
  url.searchParams.delete('response_type')
  assert.equal(await errorOf(web, known, url), 'invalid_request')
})

await scenario('request objects', async () => {
  const { url } = await asked(web, 'web', { request: 'a.b.c' })
  assert.equal(await errorOf(web, known, url), 'request_not_supported')
  const other = await asked(web, 'web', { request_uri: 'https://evil.example/request' })
  assert.equal(await errorOf(web, known, other.url), 'request_uri_not_supported')
})

await scenario('scopes beyond those of the application', async () => {
  for (const scope of ['openid admin', 'openid devis:ecrire', 'openid "x"']) {
    const { url } = await asked(web, 'web', { scope })
    assert.equal(await errorOf(web, known, url), 'invalid_scope', scope)
  }
  const server = await configured('server', { of: 'partenaires' })
  await refused(client.clientCredentialsGrant(server, { scope: 'devis:ecrire' }), 'invalid_scope')
  await refused(client.clientCredentialsGrant(server, { scope: 'openid' }), 'invalid_scope')
})

await scenario('resources that are not ours', async () => {
  const { url } = await asked(web, 'web', { resource: 'https://evil.example/api' })
  assert.equal(await errorOf(web, known, url), 'invalid_target')
  const server = await configured('server', { of: 'partenaires' })
  await refused(client.clientCredentialsGrant(server, { scope: 'devis:lire', resource: 'https://evil.example/api' }), 'invalid_target')
})

await scenario('a wrong secret', async () => {
  const wrong = await configured('web', { auth: client.ClientSecretBasic('wrong') })
  const given = await code()
  await refused(client.authorizationCodeGrant(wrong, given.answer, given.checks), (error) => error.status === 401)
  const { headers } = await refusedToken(exchange(given), 'invalid_client', { status: 401, app: { ...apps.web, client_secret: 'wrong' } })
  assert.match(headers.get('www-authenticate'), /^Basic /)
  // The code was not consumed by somebody who is not its application.
  await client.authorizationCodeGrant(web, given.answer, given.checks)
})

await scenario('no secret, an empty one, and an unknown application', async () => {
  const given = await code()
  for (const over of [{ client_id: apps.web.client_id }, { client_id: apps.web.client_id, client_secret: '' }, { client_id: 'nobody', client_secret: 'x' }, {}]) {
    const answer = await raw(token_endpoint, { ...exchange(given), ...over })
    assert.ok(['invalid_client', 'invalid_request'].includes(answer.json?.error), answer.text)
    assert.ok([400, 401].includes(answer.status), answer.text)
  }
})

await scenario('the secret of another application', async () => {
  await refusedToken(exchange(await code()), 'invalid_client', { status: 401, app: { ...apps.web, client_secret: apps.third.client_secret } })
})

await scenario('an application at another pool', async () => {
  const { issuer } = pool('partenaires')
  const answer = await raw(`${issuer}/oauth2/token`, { grant_type: 'client_credentials' }, { app: apps.web })
  assert.equal(answer.json?.error, 'invalid_client', answer.text)
})

await scenario('two ways to authenticate', async () => {
  const { client_id, client_secret } = apps.web
  await refusedToken(exchange(await code(), { client_id, client_secret }), 'invalid_request')
})

await scenario('a code twice takes back what it gave', async () => {
  const given = await code('web', web, { scope: 'openid offline_access profil:lire' })
  const tokens = await client.authorizationCodeGrant(web, given.answer, given.checks)
  await refused(client.authorizationCodeGrant(web, given.answer, given.checks), 'invalid_grant')
  await refused(client.refreshTokenGrant(web, tokens.refresh_token), 'invalid_grant')
  assert.equal((await client.tokenIntrospection(web, tokens.access_token)).active, false)
})

await scenario('a code sixteen times at once gives one grant at most', async () => {
  const given = await code()
  const results = await Promise.allSettled(Array.from({ length: 16 }, () => client.authorizationCodeGrant(web, given.answer, given.checks)))
  const fulfilled = results.filter(({ status }) => status === 'fulfilled')
  const errors = results.filter(({ status }) => status === 'rejected').map(({ reason }) => reason.error ?? String(reason))
  assert.ok(fulfilled.length <= 1, `${fulfilled.length} grants`)
  assert.ok(errors.every((error) => error === 'invalid_grant'), errors.join())
})

await scenario('a code of another application', async () => {
  await refusedToken(exchange(await code()), 'invalid_grant', { app: apps.third })
})

await scenario('a code with another redirect', async () => {
  await refusedToken(exchange(await code(), { redirect_uri: `${apps.web.redirect_uri}x` }), 'invalid_grant')
  const answer = await raw(token_endpoint, exchange(await code(), { redirect_uri: undefined }), { app: apps.web })
  assert.ok(['invalid_grant', 'invalid_request'].includes(answer.json?.error), answer.text)
})

await scenario('a code that was never given', async () => {
  const given = await code()
  for (const made of ['nothing', `${given.code}x`, given.code.slice(0, -1), given.code.toUpperCase()]) {
    await refusedToken(exchange({ ...given, code: made }), 'invalid_grant')
  }
})

await scenario('a refresh token of another application', async () => {
  const { tokens } = await signedIn(mobile, 'mobile', { browser: known, person: camille, parameters: { scope: 'openid offline_access' } })
  await refused(client.refreshTokenGrant(web, tokens.refresh_token), 'invalid_grant')
  await refused(client.refreshTokenGrant(mobile, `${tokens.refresh_token}x`), 'invalid_grant')
  await refused(client.refreshTokenGrant(mobile, tokens.access_token), 'invalid_grant')
  await client.refreshTokenGrant(mobile, tokens.refresh_token)
})

await scenario('grants that the application may not take', async () => {
  await refused(client.clientCredentialsGrant(web, { scope: 'profil:lire' }), 'unauthorized_client')
  const portal = await configured('server', { of: 'partenaires' })
  const { url } = await asked(portal, 'portal', { client_id: pool('partenaires').apps.server.client_id }, 'partenaires')
  const page = await known.ask('GET', url.href)
  const error = page.leadsTo && new URL(page.leadsTo).searchParams.get('error')
  assert.ok(page.status === 400 || error === 'unauthorized_client', `${page.status} ${page.leadsTo}`)
})

await scenario('grants that are closed, and one that does not exist', async () => {
  for (const grant_type of ['password', 'implicit', 'urn:ietf:params:oauth:grant-type:device_code', 'x', '']) {
    const answer = await raw(token_endpoint, { grant_type, username: camille.email, password: camille.password }, { app: apps.web })
    const expected = grant_type === '' ? ['invalid_request'] : ['unsupported_grant_type', 'unauthorized_client']
    assert.ok(expected.includes(answer.json?.error), `${grant_type}: ${answer.status} ${answer.text}`)
    assert.equal(answer.status, 400)
  }
})

await scenario('the token endpoint by get', async () => {
  const answer = await raw(token_endpoint, exchange(await code()), { app: apps.web, method: 'GET' })
  assert.equal(answer.status, 405)
})

await scenario('a token request in json', async () => {
  const given = await code()
  const answer = await raw(token_endpoint, JSON.stringify(exchange(given)), { app: apps.web, type: 'application/json' })
  assert.ok([400, 415].includes(answer.status), `${answer.status}`)
})

await scenario('a token request with a parameter twice', async () => {
  const given = await code()
  const body = `${new URLSearchParams(exchange(given))}&code=${given.code}`
  await refusedToken(body, 'invalid_request')
})

await scenario('an unknown parameter is passed over and an empty one is none', async () => {
  const given = await code()
  const answer = await raw(token_endpoint, { ...exchange(given), colour: 'blue', scope: '' }, { app: apps.web })
  assert.equal(answer.status, 200, answer.text)
  assert.match(answer.headers.get('cache-control'), /no-store/)
})

await scenario('no page of an authorization may be framed, kept, or read from elsewhere', async () => {
  const { url } = await asked(web, 'web')
  const page = await new Browser().open(url.href)
  assert.match(page.headers['cache-control'], /no-store/)
  assert.match(page.headers['content-security-policy'], /frame-ancestors 'none'/)
  const cross = await known.ask('GET', authorization_endpoint, undefined, { origin: 'https://evil.example' })
  assert.equal(cross.headers['access-control-allow-origin'], undefined)
})

await scenario('a wrong password goes nowhere and says no more than an unknown address', async () => {
  const texts = []
  for (const email of [camille.email, 'nobody@exemple.fr']) {
    const browser = new Browser()
    const { url } = await asked(web, 'web')
    const person = { email, password: 'not the password of anybody' }
    let page = await browser.open(url.href)
    for (let steps = 0; steps < 3 && !/role="?alert|aria-invalid|erreur|wrong|incorrect/i.test(page.text); steps += 1) {
      page = await browser.submit(page, person, /continue|log ?in|sign ?in/i)
      assert.ok(!page.outside)
    }
    texts.push([page.status, page.text.replaceAll(email, '').replace(/value="[^"]*"/g, '').replace(/[?&](login|id)=[\w-]+/g, '')])
  }
  assert.deepEqual(texts[0], texts[1])
})

await scenario('a token of one pool is nothing at another', async () => {
  const { tokens } = await signedIn(web, 'web', { browser: known, person: camille, parameters: { scope: 'openid profil:lire' } })
  const elsewhere = `${pool('partenaires').issuer}/oauth2/userInfo`
  const answer = await fetch(elsewhere, { headers: { authorization: `Bearer ${tokens.access_token}` } })
  assert.equal(answer.status, 401)
  assert.notEqual(claimsOf(tokens.access_token).iss, pool('partenaires').issuer)
})

end()
