// aws-jwt-verify, Amazon's own: takes our tokens as it takes those of any issuer, and none that was touched.
import assert from 'node:assert/strict'
import { JwtVerifier } from 'aws-jwt-verify'
import * as jose from 'jose'
import { opensNothing } from './lib/api.mjs'
import { Browser } from './lib/browser.mjs'
import { claimsOf, configured, pool, signedIn } from './lib/login.mjs'
import { end, refused, scenario } from './lib/scenario.mjs'

/** A pool's tokens and verifiers: the library fetches keys by https only, so it is handed them. */
async function prepared(of, app, person) {
  const { issuer, apps, people } = pool(of)
  const config = await configured(app, { of })
  const { tokens } = await signedIn(config, app, { browser: new Browser(), person: people[person], parameters: { scope: 'openid profil:lire' }, of })
  const keys = await (await fetch(`${issuer}/.well-known/jwks.json`)).json()
  const verifier = (over) => {
    const made = JwtVerifier.create({ issuer, jwksUri: 'https://handed.over/', ...over })
    made.cacheJwks(keys)
    return made
  }
  const [audience] = [claimsOf(tokens.access_token).aud].flat()
  const access = verifier({ audience, customJwtCheck: ({ payload }) => assert.equal(payload.token_use, 'access') })
  const id = verifier({ audience: apps[app].client_id, customJwtCheck: ({ payload }) => assert.equal(payload.token_use, 'id') })
  return { tokens, access, id, keys, issuer }
}

/** Changes that an attacker can make to a token without our key. */
async function mutations(token) {
  const [header, payload, signature] = token.split('.')
  const read = (part) => JSON.parse(Buffer.from(part, 'base64url'))
  const write = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claim = (over) => [header, write({ ...read(payload), ...over }), signature].join('.')
  const head = (over) => [write({ ...read(header), ...over }), payload, signature].join('.')
  const { privateKey, publicKey } = await jose.generateKeyPair('ES256')
  const forged = (over = {}) => new jose.SignJWT(read(payload)).setProtectedHeader({ ...read(header), alg: 'ES256', ...over }).sign(privateKey)
  const mac = new TextEncoder().encode('a secret that both may guess, 32 bytes and more')
  const bytes = Buffer.from(signature, 'base64url')
  const flipped = (at) => {
    const copy = Buffer.from(bytes)
    copy[at] ^= 1
    return [header, payload, copy.toString('base64url')].join('.')
  }
  const now = Math.floor(Date.now() / 1000)
  return {
    'another issuer': claim({ iss: 'https://evil.example/pools/clients' }),
    'an issuer with a slash': claim({ iss: `${read(payload).iss}/` }),
    'another subject': claim({ sub: 'somebody else' }),
    'another audience': claim({ aud: 'urn:somebody:else' }),
    'a later end': claim({ exp: now + 86_400 }),
    'an end in the past': claim({ exp: now - 60 }),
    'no end': claim({ exp: undefined }),
    'a later beginning': claim({ nbf: now + 600 }),
    'more scopes': claim({ scope: 'openid profil:ecrire' }),
    'more groups': claim({ groups: ['gestionnaires'] }),
    'another use': claim({ token_use: read(payload).token_use === 'access' ? 'id' : 'access' }),
    'another strength': claim({ acr: 'phr' }),
    'another kid': head({ kid: 'nobody' }),
    'no kid': head({ kid: undefined }),
    'alg none': `${write({ ...read(header), alg: 'none' })}.${payload}.`,
    'alg none with the signature': head({ alg: 'none' }),
    'another alg': head({ alg: read(header).alg === 'ES256' ? 'RS256' : 'ES256' }),
    'alg HS256': await new jose.SignJWT(read(payload)).setProtectedHeader({ ...read(header), alg: 'HS256' }).sign(mac),
    'a key of its own under our kid': await forged(),
    'a key of its own that it brings': await forged({ jwk: await jose.exportJWK(publicKey), kid: 'mine' }),
    'no signature': [header, payload, ''].join('.'),
    'a signature of zeroes': [header, payload, Buffer.alloc(bytes.length).toString('base64url')].join('.'),
    'a first bit changed': flipped(0),
    'a middle bit changed': flipped(bytes.length >> 1),
    'a last bit changed': flipped(bytes.length - 1),
    'half a signature': [header, payload, bytes.subarray(0, bytes.length >> 1).toString('base64url')].join('.'),
    'two parts': [header, payload].join('.'),
    'four parts': [header, payload, signature, signature].join('.'),
    'nothing': '',
    'a payload that is none': [header, 'AAAA', signature].join('.'),
  }
}

for (const [of, app, person, alg] of [['clients', 'web', 'camille', 'ES256'], ['courtage', 'portal', 'sacha', 'RS256']]) {
  if (!pool(of)) continue
  const { tokens, access, id, keys, issuer } = await prepared(of, app, person)

  await scenario(`${alg}: the access token is taken`, async () => {
    const payload = await access.verify(tokens.access_token)
    assert.equal(payload.iss, issuer)
    assert.equal(jose.decodeProtectedHeader(tokens.access_token).alg, alg)
    assert.equal(access.verifySync(tokens.access_token).sub, payload.sub)
  })

  await scenario(`${alg}: the id token is taken`, async () => {
    const payload = await id.verify(tokens.id_token)
    assert.equal(payload.sub, claimsOf(tokens.access_token).sub)
  })

  await scenario(`${alg}: neither is taken for the other`, async () => {
    await refused(access.verify(tokens.id_token))
    await refused(id.verify(tokens.access_token))
  })

  await scenario(`${alg}: the keys say what they are for`, async () => {
    for (const key of keys.keys) {
      assert.equal(key.use, 'sig')
      assert.equal(key.alg, alg)
      assert.equal(key.d, undefined)
      assert.equal(key.kid, await jose.calculateJwkThumbprint(key))
    }
  })

  for (const [what, mutated] of Object.entries(await mutations(tokens.access_token))) {
    await scenario(`${alg}: both refuse an access token with ${what}`, async () => {
      await refused(access.verify(mutated))
      if (mutated !== '') await opensNothing(mutated)
    })
  }
  for (const [what, mutated] of Object.entries(await mutations(tokens.id_token))) {
    await scenario(`${alg}: an id token with ${what} is refused`, async () => { await refused(id.verify(mutated)) })
  }
}

end()
