// openid-client, a certified relying party: every way that is open, as an application would go it.
import assert from 'node:assert/strict'
import * as client from 'openid-client'
import { Browser } from './lib/browser.mjs'
import { asked, claimsOf, configured, errorOf, hasSession, pool, raw, signedIn } from './lib/login.mjs'
import { me, opens, opensNothing } from './lib/api.mjs'
import { identity, soon } from './lib/operator.mjs'
import { end, refused, scenario } from './lib/scenario.mjs'

const { apps, people, issuer } = pool()
const { camille, dominique } = people
const web = await configured('web')
const mobile = await configured('mobile')

// One browser in which Camille is logged in: most applications meet somebody who is.
const known = new Browser()
const atHome = (over = {}) => ({ browser: known, person: camille, ...over })

await scenario('discovery as openid connect has it', async () => {
  const metadata = web.serverMetadata()
  assert.equal(metadata.issuer, issuer)
  assert.deepEqual(metadata.code_challenge_methods_supported, ['S256'])
  assert.equal(metadata.authorization_response_iss_parameter_supported, true)
  assert.ok(metadata.jwks_uri.startsWith(`${issuer}/`))
})

await scenario('discovery as oauth has it', async () => {
  const oauth = await configured('web', { algorithm: 'oauth2' })
  assert.equal(oauth.serverMetadata().issuer, issuer)
  assert.equal(oauth.serverMetadata().token_endpoint, web.serverMetadata().token_endpoint)
})

await scenario('discovery tells of no grant that is closed', async () => {
  const { grant_types_supported, response_types_supported } = web.serverMetadata()
  assert.deepEqual([...grant_types_supported].sort(), ['authorization_code', 'client_credentials', 'refresh_token'])
  assert.deepEqual(response_types_supported, ['code'])
})

await scenario('endpoints have the paths of cognito', async () => {
  const metadata = web.serverMetadata()
  assert.equal(metadata.authorization_endpoint, `${issuer}/oauth2/authorize`)
  assert.equal(metadata.token_endpoint, `${issuer}/oauth2/token`)
  assert.equal(metadata.revocation_endpoint, `${issuer}/oauth2/revoke`)
  assert.equal(metadata.userinfo_endpoint, `${issuer}/oauth2/userInfo`)
  assert.equal(metadata.end_session_endpoint, `${issuer}/logout`)
  assert.equal(metadata.jwks_uri, `${issuer}/.well-known/jwks.json`)
})

await scenario('code with pkce and a login', async () => {
  const { tokens } = await signedIn(web, 'web', atHome())
  assert.equal(tokens.token_type, 'bearer')
  assert.ok(tokens.expires_in > 0 && tokens.expires_in <= 3600)
  const claims = tokens.claims()
  assert.equal(claims.iss, issuer)
  assert.equal(claims.aud, apps.web.client_id)
})

await scenario('code of somebody who is logged in shows no page', async () => {
  const { url, checks } = await asked(web, 'web')
  const page = await known.open(url.href)
  assert.ok(page.outside, `a page: ${page.status} ${page.url}`)
  await client.authorizationCodeGrant(web, new URL(page.outside), checks)
})

await scenario('code with the secret in the body', async () => {
  const post = await configured('web', { auth: client.ClientSecretPost(apps.web.client_secret) })
  await signedIn(post, 'web', atHome())
})

await scenario('code of a public application', async () => {
  const { tokens } = await signedIn(mobile, 'mobile', atHome())
  assert.equal(tokens.claims().aud, apps.mobile.client_id)
})

await scenario('code to a loopback of any port', async () => {
  const loopback = new URL(apps.mobile.loopback_uri)
  loopback.port = '49213'
  const { answer } = await signedIn(mobile, 'mobile', atHome({ parameters: { redirect_uri: loopback.href } }))
  assert.equal(answer.port, '49213')
})

await scenario('code by a posted request', async () => {
  const { url, checks } = await asked(web, 'web')
  const page = await known.open(url.origin + url.pathname, [...url.searchParams])
  assert.ok(page.outside, `a page: ${page.status} ${page.url}`)
  await client.authorizationCodeGrant(web, new URL(page.outside), checks)
})

await scenario('answers carry issuer and state', async () => {
  const { answer, checks } = await signedIn(web, 'web', atHome())
  assert.equal(answer.searchParams.get('iss'), issuer)
  assert.equal(answer.searchParams.get('state'), checks.expectedState)
})

await scenario('an answer with another issuer is not taken', async () => {
  const { url, checks } = await asked(web, 'web')
  const answer = await known.authorize(url.href, camille)
  answer.searchParams.set('iss', `${issuer}x`)
  await refused(client.authorizationCodeGrant(web, answer, checks))
  answer.searchParams.delete('iss')
  await refused(client.authorizationCodeGrant(web, answer, checks))
})

await scenario('an answer with another state is not taken', async () => {
  const { url, checks } = await asked(web, 'web')
  const answer = await known.authorize(url.href, camille)
  await refused(client.authorizationCodeGrant(web, answer, { ...checks, expectedState: 'another' }))
})

await scenario('the nonce comes back and no other is taken', async () => {
  const { tokens, checks } = await signedIn(web, 'web', atHome())
  assert.equal(tokens.claims().nonce, checks.expectedNonce)
  const again = await asked(web, 'web')
  const answer = await known.authorize(again.url.href, camille)
  await refused(client.authorizationCodeGrant(web, answer, { ...again.checks, expectedNonce: 'another' }))
})

await scenario('claims of the id token', async () => {
  const { tokens } = await signedIn(web, 'web', atHome({ parameters: { scope: 'openid email profile' } }))
  const claims = tokens.claims()
  assert.equal(claims.token_use, 'id')
  assert.equal(claims.azp ?? claims.aud, apps.web.client_id)
  assert.equal(claims.acr, 'pwd')
  assert.deepEqual(claims.amr, ['pwd'])
  assert.ok(claims.sid && claims.at_hash && Number.isInteger(claims.auth_time))
  assert.equal(claims.email, camille.email)
  assert.equal(claims.email_verified, true)
})

await scenario('an id token says no more than was asked for', async () => {
  const { tokens } = await signedIn(web, 'web', atHome())
  assert.equal(tokens.claims().email, undefined)
  assert.equal(tokens.claims().given_name, undefined)
})

await scenario('the access token opens the api', async () => {
  const { tokens } = await signedIn(web, 'web', atHome({ parameters: { scope: 'openid profil:lire' } }))
  const body = await opens(tokens.access_token)
  assert.equal(body.issuer, issuer)
  assert.equal(body.subject, tokens.claims().sub)
  assert.equal(body.client, apps.web.client_id)
  assert.equal(body.pool, 'clients')
  assert.equal(body.kind, 'user')
})

await scenario('the id token opens nothing', async () => {
  const { tokens } = await signedIn(web, 'web', atHome({ parameters: { scope: 'openid profil:lire' } }))
  await opensNothing(tokens.id_token)
})

await scenario('a token without the scope is told which', async () => {
  const { tokens } = await signedIn(web, 'web', atHome({ parameters: { scope: 'openid email' } }))
  const { status, headers } = await me(tokens.access_token)
  assert.equal(status, 403)
  assert.match(headers.get('www-authenticate'), /error="insufficient_scope".*scope="profil:lire"/)
})

await scenario('claims at userinfo', async () => {
  const { tokens } = await signedIn(web, 'web', atHome({ parameters: { scope: 'openid email profile' } }))
  const info = await client.fetchUserInfo(web, tokens.access_token, tokens.claims().sub)
  assert.equal(info.email, camille.email)
  assert.equal(info.email_verified, true)
})

await scenario('userinfo without openid is refused', async () => {
  const { url, checks } = await asked(web, 'web', { scope: 'profil:lire', nonce: undefined })
  const answer = await known.authorize(url.href, camille)
  const tokens = await client.authorizationCodeGrant(web, answer, { ...checks, expectedNonce: undefined, idTokenExpected: false })
  assert.equal(tokens.id_token, undefined)
  await refused(client.fetchUserInfo(web, tokens.access_token, client.skipSubjectCheck), (error) => error.status === 403)
  await refused(client.fetchUserInfo(web, 'nothing', client.skipSubjectCheck), (error) => error.status === 401)
})

await scenario('userinfo by post', async () => {
  const { tokens } = await signedIn(web, 'web', atHome())
  const { status, json } = await raw(web.serverMetadata().userinfo_endpoint, {}, { headers: { authorization: `Bearer ${tokens.access_token}` } })
  assert.equal(status, 200)
  assert.equal(json.sub, tokens.claims().sub)
})

await scenario('prompt none of a stranger is login_required', async () => {
  const { url } = await asked(web, 'web', { prompt: 'none' })
  assert.equal(await errorOf(web, new Browser(), url), 'login_required')
})

await scenario('prompt none of somebody known is a code', async () => {
  const { url, checks } = await asked(web, 'web', { prompt: 'none' })
  const page = await known.open(url.href)
  await client.authorizationCodeGrant(web, new URL(page.outside), checks)
})

await scenario('prompt login asks again', async () => {
  const before = (await signedIn(web, 'web', atHome())).tokens.claims().auth_time
  await new Promise((resolve) => { setTimeout(resolve, 1100) })
  const { url, checks } = await asked(web, 'web', { prompt: 'login' })
  const page = await known.open(url.href)
  assert.ok(!page.outside && /type="?password/.test(page.text), `no page of login: ${page.url}`)
  const answer = await known.authorize(url.href, camille)
  const tokens = await client.authorizationCodeGrant(web, answer, checks)
  assert.ok(tokens.claims().auth_time > before, 'a new login has a new time')
})

await scenario('prompt none with another one is invalid', async () => {
  const { url } = await asked(web, 'web', { prompt: 'none login' })
  assert.equal(await errorOf(web, known, url), 'invalid_request')
})

await scenario('max_age of zero asks again', async () => {
  await new Promise((resolve) => { setTimeout(resolve, 1100) })
  const { url, checks } = await asked(web, 'web', { max_age: '0' })
  const page = await known.open(url.href)
  assert.ok(!page.outside && /type="?password/.test(page.text), `no page of login: ${page.outside ?? page.url}`)
  const answer = await known.authorize(url.href, camille)
  await client.authorizationCodeGrant(web, answer, { ...checks, maxAge: 30 })
})

await scenario('max_age of an hour does not', async () => {
  await signedIn(web, 'web', atHome())
  const { url, checks } = await asked(web, 'web', { max_age: '3600' })
  const page = await known.open(url.href)
  assert.ok(page.outside, `a page: ${page.url}`)
  const tokens = await client.authorizationCodeGrant(web, new URL(page.outside), { ...checks, maxAge: 3600 })
  assert.ok(Number.isInteger(tokens.claims().auth_time))
})

await scenario('max_age that is passed and prompt none is login_required', async () => {
  await new Promise((resolve) => { setTimeout(resolve, 1100) })
  const { url } = await asked(web, 'web', { max_age: '0', prompt: 'none' })
  assert.equal(await errorOf(web, known, url), 'login_required')
})

await scenario('acr_values that are met change nothing', async () => {
  await signedIn(web, 'web', atHome())
  const { url, checks } = await asked(web, 'web', { acr_values: 'pwd' })
  const page = await known.open(url.href)
  assert.ok(page.outside, `a page: ${page.url}`)
  const tokens = await client.authorizationCodeGrant(web, new URL(page.outside), checks)
  assert.equal(tokens.claims().acr, 'pwd')
})

await scenario('acr_values that are not met are asked for', async () => {
  const { url } = await asked(web, 'web', { acr_values: 'mfa' })
  const page = await known.open(url.href)
  assert.ok(!page.outside, `an answer: ${page.outside}`)
  const none = await asked(web, 'web', { acr_values: 'mfa', prompt: 'none' })
  const error = await errorOf(web, known, none.url)
  assert.ok(['login_required', 'interaction_required', 'unmet_authentication_requirements'].includes(error), error)
})

await scenario('login_hint is written into the form', async () => {
  const { url } = await asked(web, 'web', { login_hint: 'someone@exemple.fr' })
  const page = await new Browser().open(url.href)
  assert.ok(page.text.includes('someone@exemple.fr'), page.text.slice(0, 500))
})

await scenario('ui_locales chooses the language', async () => {
  for (const locale of ['fr', 'en']) {
    const { url } = await asked(web, 'web', { ui_locales: locale })
    const page = await new Browser().open(url.href)
    assert.match(page.text, new RegExp(`<html[^>]* lang="?${locale}`))
  }
})

await scenario('an application of others asks for consent once', async () => {
  const third = await configured('third')
  const browser = new Browser()
  await signedIn(web, 'web', { browser, person: dominique })
  const { url, checks } = await asked(third, 'third', { scope: 'openid email' })
  const page = await browser.open(url.href)
  assert.ok(!page.outside && page.status === 200, `no page of consent: ${page.outside ?? page.status}`)
  await client.authorizationCodeGrant(third, await browser.authorize(url.href, dominique), checks)
  const again = await asked(third, 'third', { scope: 'openid email' })
  assert.ok((await browser.open(again.url.href)).outside, 'asked again')
  const more = await asked(third, 'third', { scope: 'openid email profil:lire' })
  assert.ok(!(await browser.open(more.url.href)).outside, 'more was not asked for')
  const prompted = await asked(third, 'third', { scope: 'openid email', prompt: 'consent' })
  assert.ok(!(await browser.open(prompted.url.href)).outside, 'prompt=consent did not ask')
})

await scenario('a refused consent is access_denied', async () => {
  const third = await configured('third')
  const browser = new Browser()
  await signedIn(web, 'web', { browser, person: camille })
  const { url } = await asked(third, 'third', { scope: 'openid email' })
  assert.equal(await errorOf(third, browser, url, { ...camille, refuses: true }), 'access_denied')
  const none = await asked(third, 'third', { scope: 'openid email', prompt: 'none' })
  const error = await errorOf(third, browser, none.url)
  assert.ok(['consent_required', 'interaction_required'].includes(error), error)
})

await scenario('a refresh gives another refresh token', async () => {
  const { tokens } = await signedIn(web, 'web', atHome({ parameters: { scope: 'openid offline_access profil:lire' } }))
  const young = await client.refreshTokenGrant(web, tokens.refresh_token)
  assert.ok(young.refresh_token && young.refresh_token !== tokens.refresh_token)
  assert.notEqual(young.access_token, tokens.access_token)
  const body = await opens(young.access_token)
  assert.equal(body.subject, tokens.claims().sub)
  const third = await client.refreshTokenGrant(web, young.refresh_token)
  await opens(third.access_token)
})

await scenario('a refresh of a public application rotates too', async () => {
  const { tokens } = await signedIn(mobile, 'mobile', atHome({ parameters: { scope: 'openid offline_access profil:lire' } }))
  const young = await client.refreshTokenGrant(mobile, tokens.refresh_token)
  assert.ok(young.refresh_token && young.refresh_token !== tokens.refresh_token)
})

await scenario('a refresh may ask for less and not for more', async () => {
  const { tokens } = await signedIn(web, 'web', atHome({ parameters: { scope: 'openid offline_access profil:lire' } }))
  const less = await client.refreshTokenGrant(web, tokens.refresh_token, { scope: 'openid' })
  assert.ok(!claimsOf(less.access_token).scope.includes('profil:lire'))
  assert.equal((await me(less.access_token)).status, 403)
  await refused(client.refreshTokenGrant(web, less.refresh_token, { scope: 'openid email' }), 'invalid_scope')
})

await scenario('a refresh token used twice kills its family', async () => {
  const { tokens } = await signedIn(web, 'web', atHome({ parameters: { scope: 'openid offline_access profil:lire' } }))
  const young = await client.refreshTokenGrant(web, tokens.refresh_token)
  const younger = await client.refreshTokenGrant(web, young.refresh_token)
  await refused(client.refreshTokenGrant(web, tokens.refresh_token), 'invalid_grant')
  await refused(client.refreshTokenGrant(web, younger.refresh_token), 'invalid_grant')
  assert.equal((await client.tokenIntrospection(web, younger.access_token)).active, false)
})

await scenario('sixteen refreshes at once leave one live token at most', async () => {
  const { tokens } = await signedIn(web, 'web', atHome({ parameters: { scope: 'openid offline_access' } }))
  const results = await Promise.allSettled(Array.from({ length: 16 }, () => client.refreshTokenGrant(web, tokens.refresh_token)))
  const given = results.filter(({ status }) => status === 'fulfilled').map(({ value }) => value)
  const others = results.filter(({ status }) => status === 'rejected').map(({ reason }) => reason.error ?? String(reason))
  assert.ok(others.every((error) => error === 'invalid_grant'), others.join())
  const live = []
  for (const { refresh_token } of given) {
    if ((await client.tokenIntrospection(web, refresh_token)).active) live.push(refresh_token)
  }
  assert.ok(live.length <= 1, `${live.length} of ${given.length} are live`)
})

await scenario('client credentials by basic', async () => {
  const server = await configured('server', { of: 'partenaires' })
  const tokens = await client.clientCredentialsGrant(server, { scope: 'devis:lire' })
  assert.equal(tokens.refresh_token, undefined)
  assert.equal(tokens.id_token, undefined)
  const claims = claimsOf(tokens.access_token)
  assert.equal(claims.sub, pool('partenaires').apps.server.client_id)
  assert.equal(claims.client_id, claims.sub)
  assert.equal(claims.sid, undefined)
})

await scenario('client credentials with the secret in the body', async () => {
  const { client_secret } = pool('partenaires').apps.server
  const server = await configured('server', { of: 'partenaires', auth: client.ClientSecretPost(client_secret) })
  await client.clientCredentialsGrant(server, { scope: 'devis:lire' })
})

await scenario('a new secret works beside the one before until that is dropped', async () => {
  const { client_id, client_secret } = pool('courtage').apps.turning
  const withSecret = (secret) => configured('turning', { of: 'courtage', auth: client.ClientSecretBasic(secret) })
  const works = async (secret) => assert.equal((await client.tokenIntrospection(await withSecret(secret), 'nothing')).active, false)
  const { client_secret: young } = await identity('client', 'rotate-secret', 'courtage', client_id)
  await soon(() => works(young))
  await works(client_secret)
  const { client_secret: youngest } = await identity('client', 'rotate-secret', 'courtage', client_id, '--drop-old')
  await soon(() => works(youngest))
  await soon(async () => refused(works(young), 'invalid_client'))
  await refused(works(client_secret), 'invalid_client')
})

await scenario('an application that is disabled is served no more', async () => {
  const { client_id } = pool('courtage').apps.other
  const other = await configured('other', { of: 'courtage' })
  await client.tokenIntrospection(other, 'nothing')
  await identity('client', 'disable', 'courtage', client_id)
  await soon(async () => refused(client.tokenIntrospection(other, 'nothing'), 'invalid_client'))
  const { url } = await asked(other, 'other', {}, 'courtage')
  const page = await new Browser().ask('GET', url.href)
  assert.equal(page.leadsTo, undefined)
  assert.equal(page.status, 400)
})

await scenario('a resource of ours is the audience', async () => {
  const { tokens } = await signedIn(web, 'web', atHome({ parameters: { scope: 'openid profil:lire' } }))
  const { aud } = claimsOf(tokens.access_token)
  const again = await signedIn(web, 'web', atHome({ parameters: { scope: 'openid profil:lire', resource: [aud].flat()[0] } }))
  await opens(again.tokens.access_token)
})

await scenario('introspection of what is ours', async () => {
  const { tokens } = await signedIn(web, 'web', atHome({ parameters: { scope: 'openid offline_access profil:lire' } }))
  const access = await client.tokenIntrospection(web, tokens.access_token)
  assert.equal(access.active, true)
  assert.equal(access.client_id, apps.web.client_id)
  assert.equal(access.sub, tokens.claims().sub)
  assert.equal(access.iss, issuer)
  assert.equal((await client.tokenIntrospection(web, tokens.refresh_token)).active, true)
})

await scenario('introspection of anything else says nothing', async () => {
  const { tokens } = await signedIn(mobile, 'mobile', atHome({ parameters: { scope: 'openid offline_access' } }))
  for (const token of ['nothing', tokens.refresh_token, tokens.id_token, `${tokens.access_token}x`]) {
    assert.deepEqual({ ...await client.tokenIntrospection(web, token) }, { active: false })
  }
})

await scenario('introspection asks who is asking', async () => {
  const wrong = await configured('web', { auth: client.ClientSecretBasic('wrong') })
  await refused(client.tokenIntrospection(wrong, 'nothing'), 'invalid_client')
  await refused(client.tokenIntrospection(mobile, 'nothing'), 'invalid_client')
})

await scenario('a revoked refresh token takes its family along', async () => {
  const { tokens } = await signedIn(web, 'web', atHome({ parameters: { scope: 'openid offline_access profil:lire' } }))
  await client.tokenRevocation(web, tokens.refresh_token)
  await refused(client.refreshTokenGrant(web, tokens.refresh_token), 'invalid_grant')
  assert.equal((await client.tokenIntrospection(web, tokens.access_token)).active, false)
  await client.tokenRevocation(web, tokens.refresh_token)
})

await scenario('a revoked access token opens nothing within seconds', async () => {
  const { tokens } = await signedIn(web, 'web', atHome({ parameters: { scope: 'openid profil:lire' } }))
  await opens(tokens.access_token)
  await client.tokenRevocation(web, tokens.access_token)
  assert.equal((await client.tokenIntrospection(web, tokens.access_token)).active, false)
  const deadline = Date.now() + 8000
  while ((await me(tokens.access_token)).status !== 401) {
    assert.ok(Date.now() < deadline, 'it still opens the api after 8 s')
    await new Promise((resolve) => { setTimeout(resolve, 100) })
  }
})

await scenario('a public application revokes its own', async () => {
  const { tokens } = await signedIn(mobile, 'mobile', atHome({ parameters: { scope: 'openid offline_access' } }))
  await client.tokenRevocation(mobile, tokens.refresh_token)
  await refused(client.refreshTokenGrant(mobile, tokens.refresh_token), 'invalid_grant')
})

await scenario('revoking nothing or what is not ours changes nothing', async () => {
  const { tokens } = await signedIn(mobile, 'mobile', atHome({ parameters: { scope: 'openid offline_access' } }))
  await client.tokenRevocation(web, 'nothing')
  await client.tokenRevocation(web, tokens.refresh_token).catch(() => undefined)
  await client.refreshTokenGrant(mobile, tokens.refresh_token)
})

await scenario('logout by the id token returns and ends the session and its families', async () => {
  const browser = new Browser()
  const { tokens } = await signedIn(web, 'web', { browser, person: camille, parameters: { scope: 'openid offline_access' } })
  assert.equal(await hasSession(web, 'web', browser), true)
  const url = client.buildEndSessionUrl(web, {
    id_token_hint: tokens.id_token, post_logout_redirect_uri: apps.web.logout_uri, state: 'here and back',
  })
  const page = await browser.open(url.href)
  const back = new URL(page.outside)
  assert.equal(back.origin + back.pathname, apps.web.logout_uri)
  assert.equal(back.searchParams.get('state'), 'here and back')
  assert.equal(await hasSession(web, 'web', browser), false)
  await refused(client.refreshTokenGrant(web, tokens.refresh_token), 'invalid_grant')
})

await scenario('logout without an id token asks first', async () => {
  const browser = new Browser()
  await signedIn(web, 'web', { browser, person: camille })
  const url = client.buildEndSessionUrl(web, { post_logout_redirect_uri: apps.web.logout_uri })
  const page = await browser.open(url.href)
  assert.ok(!page.outside && page.status === 200, `no page: ${page.outside ?? page.status}`)
  assert.equal(await hasSession(web, 'web', browser), true)
  await browser.submit(page, {}, /log ?out|sign ?out|yes|confirm/i)
  assert.equal(await hasSession(web, 'web', browser), false)
})

await scenario('logout to an address that is not known leads nowhere', async () => {
  const browser = new Browser()
  const { tokens } = await signedIn(web, 'web', { browser, person: camille })
  for (const address of [`${apps.web.logout_uri}/x`, 'https://evil.example/', `${apps.web.logout_uri}?a=1`, apps.mobile.logout_uri]) {
    const url = client.buildEndSessionUrl(web, { id_token_hint: tokens.id_token, post_logout_redirect_uri: address })
    const page = await browser.open(url.href)
    assert.ok(!page.outside, `led to ${page.outside}`)
  }
})

await scenario('logout by another pool s id token ends nothing', async () => {
  const browser = new Browser()
  const { tokens } = await signedIn(web, 'web', { browser, person: camille })
  const { end_session_endpoint } = (await configured('server', { of: 'partenaires' })).serverMetadata()
  await browser.open(`${end_session_endpoint}?${new URLSearchParams({ id_token_hint: tokens.id_token, post_logout_redirect_uri: apps.web.logout_uri })}`)
  assert.equal(await hasSession(web, 'web', browser), true)
})

await scenario('logout by post', async () => {
  const browser = new Browser()
  const { tokens } = await signedIn(web, 'web', { browser, person: camille })
  const page = await browser.open(web.serverMetadata().end_session_endpoint, {
    id_token_hint: tokens.id_token, post_logout_redirect_uri: apps.web.logout_uri,
  })
  assert.equal(page.outside, apps.web.logout_uri)
  assert.equal(await hasSession(web, 'web', browser), false)
})

await scenario('logout of somebody unknown still returns', async () => {
  const { tokens } = await signedIn(web, 'web', { person: camille })
  const url = client.buildEndSessionUrl(web, { id_token_hint: tokens.id_token, post_logout_redirect_uri: apps.web.logout_uri })
  const page = await new Browser().open(url.href)
  assert.ok(page.outside?.startsWith(apps.web.logout_uri), `${page.status} ${page.outside}`)
})

await scenario('one browser may be in two pools at once', async () => {
  const browser = new Browser()
  await signedIn(web, 'web', { browser, person: camille })
  const portal = await configured('portal', { of: 'partenaires' })
  const { tokens } = await signedIn(portal, 'portal', { browser, person: pool('partenaires').people.andrea, of: 'partenaires' })
  assert.equal(tokens.claims().iss, pool('partenaires').issuer)
  assert.equal(await hasSession(web, 'web', browser), true)
})

end()
