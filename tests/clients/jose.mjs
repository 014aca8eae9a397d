// jose, by the keys that we publish: signatures of ours, and their documents.
import assert from 'node:assert/strict'
import * as jose from 'jose'
import { Browser } from './lib/browser.mjs'
import { claimsOf, configured, pool, signedIn } from './lib/login.mjs'
import { opens, opensNothing } from './lib/api.mjs'
import { identity, soon } from './lib/operator.mjs'
import { end, refused, scenario } from './lib/scenario.mjs'

for (const [of, app, person, alg] of [['clients', 'web', 'camille', 'ES256'], ['courtage', 'portal', 'sacha', 'RS256']]) {
  if (!pool(of)) continue
  const { issuer, apps, people } = pool(of)
  const config = await configured(app, { of })
  const { tokens } = await signedIn(config, app, { browser: new Browser(), person: people[person], parameters: { scope: 'openid profil:lire' }, of })
  const keys = jose.createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri))
  const [audience] = [claimsOf(tokens.access_token).aud].flat()

  await scenario(`${alg}: the access token by the published keys`, async () => {
    const { payload, protectedHeader } = await jose.jwtVerify(tokens.access_token, keys, {
      issuer, audience, typ: 'at+jwt', algorithms: [alg], maxTokenAge: '1h', requiredClaims: ['jti', 'client_id', 'scope', 'sid', 'acr'],
    })
    assert.equal(payload.token_use, 'access')
    assert.deepEqual(Object.keys(protectedHeader).sort(), ['alg', 'kid', 'typ'])
  })

  await scenario(`${alg}: the id token by the published keys`, async () => {
    const { payload } = await jose.jwtVerify(tokens.id_token, keys, { issuer, audience: apps[app].client_id, typ: 'JWT', algorithms: [alg] })
    assert.equal(payload.token_use, 'id')
  })

  await scenario(`${alg}: not for another issuer, audience, type or algorithm`, async () => {
    for (const over of [{ issuer: `${issuer}/` }, { audience: 'x' }, { typ: 'JWT' }, { algorithms: ['HS256'] }]) {
      await refused(jose.jwtVerify(tokens.access_token, keys, { issuer, audience, typ: 'at+jwt', algorithms: [alg], ...over }))
    }
  })

  await scenario(`${alg}: not by another pool's keys`, async () => {
    const others = jose.createRemoteJWKSet(new URL(`${pool('partenaires').issuer}/.well-known/jwks.json`))
    await refused(jose.jwtVerify(tokens.access_token, others), 'ERR_JWKS_NO_MATCHING_KEY')
  })
}

await scenario('keys may be kept for a while and by anybody', async () => {
  const response = await fetch(`${pool().issuer}/.well-known/jwks.json`)
  assert.match(response.headers.get('content-type'), /^application\/(jwk-set\+)?json/)
  assert.match(response.headers.get('cache-control'), /max-age=\d+/)
})

if (pool('courtage')) {
  const { issuer, people } = pool('courtage')
  const config = await configured('portal', { of: 'courtage' })
  const browser = new Browser()
  const token = async () => {
    const { tokens } = await signedIn(config, 'portal', { browser, person: people.sacha, parameters: { scope: 'openid profil:lire' }, of: 'courtage' })
    return tokens.access_token
  }
  const kidOf = (jwt) => jose.decodeProtectedHeader(jwt).kid
  // A set of its own for each look: one that is kept asks no more than twice a minute.
  const verified = (jwt) => jose.jwtVerify(jwt, jose.createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`)), { issuer })

  await scenario('a next key is published before it signs', async () => {
    const before = await token()
    const { kid } = await identity('key', 'rotate', 'courtage')
    await soon(async () => {
      const { keys } = await (await fetch(`${issuer}/.well-known/jwks.json`)).json()
      assert.ok(keys.some((key) => key.kid === kid), JSON.stringify(keys.map((key) => key.kid)))
    })
    assert.equal(kidOf(await token()), kidOf(before))
  })

  await scenario('a key that signs at once, beside the one before', async () => {
    const before = await token()
    const { kid } = await identity('key', 'rotate', 'courtage', '--at-once')
    const after = await soon(async () => {
      const given = await token()
      assert.equal(kidOf(given), kid)
      return given
    })
    for (const jwt of [before, after]) {
      await verified(jwt)
      await opens(jwt)
    }
  })

  await scenario('a dropped key takes its tokens with it', async () => {
    const before = await token()
    await opens(before)
    await identity('key', 'revoke', 'courtage', kidOf(before))
    await soon(async () => {
      await opensNothing(before)
      await refused(verified(before))
    })
    const after = await token()
    assert.notEqual(kidOf(after), kidOf(before))
    await verified(after)
    await opens(after)
  })
}

end()
