// A realm of Keycloak, by its tokens: oauth2-mock-server with hooks that give them Keycloak's claims.
import assert from 'node:assert/strict'
import { OAuth2Server } from 'oauth2-mock-server'
import { me, opens, opensNothing } from '../lib/api.mjs'
import { end, scenario, world } from '../lib/scenario.mjs'

const { issuer, client } = world.oauth2_mock_server
const { port } = new URL(issuer)

let claims = {}
const server = new OAuth2Server()
const { kid } = await server.issuer.keys.generate('RS256')
await server.start(Number(port), '127.0.0.1')
server.issuer.url = issuer
server.service.on('beforeTokenSigning', (token) => {
  Object.assign(token.payload, {
    typ: 'Bearer', azp: client, sub: '1b0c7a52-3f5e-4b43-9f5e-6b7a7f1e3f10', aud: 'account', acr: '1', sid: 'a session',
    preferred_username: 'camille', realm_access: { roles: ['Courtiers', 'offline_access'] },
    resource_access: { account: { roles: ['view-profile'] } }, scope: 'openid profil:lire',
  }, claims)
})

async function token(over = {}) {
  claims = over
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client}:unused`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'profil:lire' }),
  })
  assert.equal(response.status, 200)
  return (await response.json()).access_token
}

await scenario('its token opens the api with roles under our names', async () => {
  const body = await opens(await token())
  assert.equal(body.issuer, issuer)
  assert.equal(body.client, client)
  assert.equal(body.kind, 'user')
  assert.deepEqual(body.groups, ['courtiers'])
})

await scenario('its service account is a program', async () => {
  const body = await opens(await token({ preferred_username: `service-account-${client}` }))
  assert.equal(body.kind, 'machine')
})

await scenario('its stronger login is known', async () => {
  assert.equal((await opens(await token({ acr: '2' }))).acr, 'mfa')
  assert.equal((await opens(await token({ acr: '1' }))).acr, 'pwd')
  assert.equal((await opens(await token({ acr: 'phr' }))).acr, 'pwd')
})

for (const [what, over] of Object.entries({
  'id token': { typ: 'ID' },
  'refresh token': { typ: 'Refresh' },
  'token of another application': { azp: 'somebody-else' },
  'token without application': { azp: undefined },
  'token of another realm': { iss: `${issuer}/realms/other` },
})) {
  await scenario(`its ${what} is refused`, async () => { await opensNothing(await token(over)) })
}

await scenario('its token without the scope is not enough', async () => {
  assert.equal((await me(await token({ scope: 'openid email' }))).status, 403)
})

await scenario('its new key works after one fetch', async () => {
  const before = await token()
  await opens(before)
  const young = await server.issuer.keys.generate('RS256')
  assert.notEqual(young.kid, kid)
  // It signs with its keys in turn.
  await opens(await token())
  await opens(await token())
  await opens(before)
})

await scenario('its outage changes nothing for tokens that it gave', async () => {
  const given = await token()
  await opens(given)
  await server.stop()
  for (let n = 0; n < 50; n += 1) await opens(given)
})

end()
