// panva's certified OpenID provider as a partner's pool: RFC 9068 tokens, found by discovery.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { once } from 'node:events'
import Provider, { errors } from 'oidc-provider'
import * as jose from 'jose'
import * as client from 'openid-client'
import { me, opens, opensNothing } from '../lib/api.mjs'
import { end, scenario, world } from '../lib/scenario.mjs'

const { issuer, audience } = world.oidc_provider

const AUDIENCES = {
  [audience]: { scope: 'profil:lire devis:lire', audience, accessTokenTTL: 300, accessTokenFormat: 'jwt' },
  'urn:somebody:else': { scope: 'profil:lire', audience: 'urn:somebody:else', accessTokenTTL: 300, accessTokenFormat: 'jwt' },
}

async function signingKey(alg) {
  const { privateKey } = await jose.generateKeyPair(alg, { extractable: true })
  return { ...await jose.exportJWK(privateKey), alg, use: 'sig' }
}

function provider(keys) {
  return new Provider(issuer, {
    jwks: { keys },
    cookies: { keys: ['of this test only'] },
    clients: [{
      client_id: 'courtier', client_secret: 'a secret of this test only',
      grant_types: ['client_credentials'], response_types: [], redirect_uris: [],
      id_token_signed_response_alg: 'ES256',
    }],
    scopes: ['profil:lire', 'devis:lire'],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo(_, resource) {
          const server = AUDIENCES[resource]
          if (!server) throw new errors.InvalidTarget()
          return { ...server, jwt: { sign: { alg: keys[0].alg } } }
        },
      },
    },
  })
}

let server
async function serve(keys) {
  server = createServer(provider(keys).callback())
  server.listen(new URL(issuer).port, '127.0.0.1')
  await once(server, 'listening')
}
async function stop() {
  server.closeAllConnections()
  await new Promise((resolve) => { server.close(resolve) })
}

const old = await signingKey('ES256')
await serve([old])
const asCourtier = await client.discovery(
  new URL(issuer), 'courtier', 'a secret of this test only', undefined, { execute: [client.allowInsecureRequests] },
)
async function token(resource = audience, scope = 'profil:lire') {
  const answer = await client.clientCredentialsGrant(asCourtier, { resource, scope })
  return answer.access_token
}

await scenario('its token opens the api', async () => {
  const body = await opens(await token())
  assert.equal(body.issuer, issuer)
  assert.equal(body.client, 'courtier')
  assert.equal(body.kind, 'machine')
  assert.equal(body.pool, 'partenaires')
  assert.deepEqual(body.scopes, ['profil:lire'])
})

await scenario('its token for somebody else is refused', async () => {
  await opensNothing(await token('urn:somebody:else'))
})

await scenario('its token without the scope is not enough', async () => {
  const { status, headers } = await me(await token(audience, 'devis:lire'))
  assert.equal(status, 403)
  assert.match(headers.get('www-authenticate'), /error="insufficient_scope".*scope="profil:lire"/)
})

await scenario('its new key is found and its old one still honoured', async () => {
  const before = await token()
  await opens(before)
  await stop()
  await serve([await signingKey('ES256'), old])
  const after = await token()
  assert.notEqual(jose.decodeProtectedHeader(before).kid, jose.decodeProtectedHeader(after).kid)
  await opens(after)
  await opens(before)
})

await scenario('its outage changes nothing for tokens that it gave', async () => {
  const given = await token()
  await opens(given)
  await stop()
  for (let n = 0; n < 50; n += 1) await opens(given)
})

end()
