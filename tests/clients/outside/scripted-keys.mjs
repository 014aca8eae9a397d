// Issuers whose sets of keys come as they are told: late, too large, false, or not at all.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { once } from 'node:events'
import * as jose from 'jose'
import { isUnknown, me, opens, opensNothing } from '../lib/api.mjs'
import { end, scenario, world } from '../lib/scenario.mjs'

const { address, audience } = world.scripted
const JSON_TYPE = { 'content-type': 'application/json' }

/** An issuer: its keys, how it answers, and how often it was asked. */
class Issuer {
  static all = new Map()

  constructor(name) {
    this.name = name
    this.issuer = `${address}/${name}`
    this.published = []
    this.fetches = 0
    this.answer = (response) => this.tell(response)
    Issuer.all.set(name, this)
  }

  async key(kid, publish = true) {
    const { publicKey, privateKey } = await jose.generateKeyPair('ES256')
    const jwk = { ...await jose.exportJWK(publicKey), kid, alg: 'ES256', use: 'sig' }
    if (publish) this.published.push(jwk)
    return { kid, privateKey, jwk }
  }

  tell(response, keys = this.published) {
    response.writeHead(200, JSON_TYPE).end(JSON.stringify({ keys }))
  }

  /** A token that would be good if its key were known; `claims` and `header` go over it. */
  async token(key, claims = {}, header = {}) {
    const now = Math.floor(Date.now() / 1000)
    const payload = {
      iss: this.issuer, sub: `person of ${this.name}`, aud: audience, client_id: 'partner', jti: crypto.randomUUID(),
      iat: now, exp: now + 300, scope: 'profil:lire', ...claims,
    }
    return new jose.SignJWT(payload).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: key.kid, ...header }).sign(key.privateKey)
  }
}

const server = createServer((request, response) => {
  const [, name, ...rest] = request.url.split('/')
  const issuer = Issuer.all.get(name)
  if (!issuer) return response.writeHead(404).end()
  if (rest.join('/') === '.well-known/openid-configuration') {
    const told = { issuer: `${issuer.issuer}-of-somebody-else`, jwks_uri: `${issuer.issuer}/jwks` }
    return response.writeHead(200, JSON_TYPE).end(JSON.stringify(told))
  }
  issuer.fetches += 1
  issuer.answer(response)
})
server.listen(new URL(address).port, '127.0.0.1')
await once(server, 'listening')

const steady = new Issuer('steady')
const steadyKey = await steady.key('one')

await scenario('a token of a listed issuer opens the api', async () => {
  const body = await opens(await steady.token(steadyKey))
  assert.equal(body.issuer, steady.issuer)
  assert.equal(body.subject, 'person of steady')
  assert.equal(body.kind, 'user')
})

await scenario('a hundred requests fetch the keys once', async () => {
  await opens(await steady.token(steadyKey))
  const before = steady.fetches
  for (let n = 0; n < 100; n += 1) await opens(await steady.token(steadyKey))
  assert.equal(steady.fetches, before)
  assert.equal(before, 1)
})

await scenario('a new key works after one fetch and the old one still does', async () => {
  const rotating = new Issuer('rotating')
  const old = await rotating.key('old')
  await opens(await rotating.token(old))
  assert.equal(rotating.fetches, 1)
  const young = await rotating.key('young')
  await opens(await rotating.token(young))
  assert.equal(rotating.fetches, 2)
  await opens(await rotating.token(old))
  await opens(await rotating.token(young))
  assert.equal(rotating.fetches, 2)
})

await scenario('forty unknown kids fetch at most once', async () => {
  await opens(await steady.token(steadyKey))
  const before = steady.fetches
  const unknown = async (n) => opensNothing(await steady.token(await steady.key(`nobody-${n}`, false)))
  await Promise.all(Array.from({ length: 40 }, (_, n) => unknown(n)))
  assert.ok(steady.fetches <= before + 1, `${steady.fetches - before} fetches`)
})

await scenario('an outage after the keys are known changes nothing', async () => {
  const outage = new Issuer('outage')
  const key = await outage.key('one')
  await opens(await outage.token(key))
  outage.answer = (response) => response.destroy()
  for (let n = 0; n < 100; n += 1) await opens(await outage.token(key))
  await opensNothing(await outage.token(await outage.key('two', false)))
  await opens(await outage.token(key))
})

await scenario('an issuer without keys is 503 for itself alone and recovers', async () => {
  const away = new Issuer('away')
  const key = await away.key('one')
  away.answer = (response) => response.destroy()
  await isUnknown(await away.token(key))
  await opens(await steady.token(steadyKey))
  away.answer = (response) => away.tell(response)
  await new Promise((resolve) => { setTimeout(resolve, 5200) })
  await opens(await away.token(key))
})

/** Sets of keys that are not taken, whatever key they hold. */
const WRONG = {
  slow: (response, tell) => setTimeout(() => tell(response), 3000),
  endless: (response) => {
    response.writeHead(200, JSON_TYPE)
    response.write('{"keys":[')
    const timer = setInterval(() => response.write(' '), 50)
    response.on('close', () => clearInterval(timer))
    setTimeout(() => response.destroy(), 8000)
  },
  huge: (response, tell, keys) => {
    const filling = Array.from({ length: 1200 }, (_, n) => ({ ...keys[0], kid: `filling-${n}` }))
    tell(response, [...keys, ...filling])
  },
  html: (response, tell, keys) => response.writeHead(200, { 'content-type': 'text/html' }).end(JSON.stringify({ keys })),
  prose: (response) => response.writeHead(200, JSON_TYPE).end('<!doctype html><title>Maintenance</title>'),
  empty: (response, tell) => tell(response, []),
  octets: (response, tell) => tell(response, [{ kty: 'oct', kid: 'one', alg: 'HS256', k: 'AAAA' }]),
  failing: (response, tell, keys) => response.writeHead(500, JSON_TYPE).end(JSON.stringify({ keys })),
  redirecting: (response) => response.writeHead(302, { location: `${address}/steady/jwks` }).end(),
}

for (const [name, wrong] of Object.entries(WRONG)) {
  const issuer = new Issuer(name)
  const key = await issuer.key('one')
  const tell = (response, keys) => issuer.tell(response, keys)

  await scenario(`a set that is ${name} from the first is 503 for itself alone`, async () => {
    issuer.answer = (response) => wrong(response, tell, issuer.published)
    const [{ ms }, neighbour] = await Promise.all([
      isUnknown(await issuer.token(key)),
      me(await steady.token(steadyKey)),
    ])
    assert.ok(ms < 2500, `${ms} ms`)
    assert.equal(neighbour.status, 200)
    assert.ok(neighbour.ms < 1000, `the neighbour waited for ${neighbour.ms} ms`)
  })

  await scenario(`a set that becomes ${name} leaves the known keys`, async () => {
    const late = new Issuer(`late-${name}`)
    const known = await late.key('known')
    await opens(await late.token(known))
    const young = await late.key('young')
    late.answer = (response) => wrong(response, (to, keys) => late.tell(to, keys), late.published)
    const { status, ms } = await me(await late.token(young))
    assert.equal(status, 401)
    assert.ok(ms < 2500, `${ms} ms`)
    await opens(await late.token(known))
    assert.equal(late.fetches, 2)
  })
}

await scenario('a discovery that speaks for another issuer is not believed', async () => {
  const lying = new Issuer('misdiscovered')
  await isUnknown(await lying.token(await lying.key('one')))
  assert.equal(lying.fetches, 0)
})

await scenario('an issuer that is not listed is refused without a question', async () => {
  const stranger = new Issuer('stranger')
  await opensNothing(await stranger.token(await stranger.key('one')))
  assert.equal(stranger.fetches, 0)
})

await scenario('the key of one issuer signs nothing for another', async () => {
  const twin = new Issuer('twin')
  const key = await twin.key('one')
  await opens(await twin.token(key))
  await opensNothing(await twin.token(key, { iss: steady.issuer }))
  await opensNothing(await steady.token(steadyKey, { iss: twin.issuer }))
})

const now = Math.floor(Date.now() / 1000)
const publicJwk = JSON.stringify(steadyKey.jwk)
const BAD = {
  'that has expired': [{ iat: now - 600, exp: now - 120 }],
  'of tomorrow': [{ nbf: now + 600 }],
  'issued in the future': [{ iat: now + 600, exp: now + 900 }],
  'that lives too long': [{ exp: now + 10 * 86_400 }],
  'for another audience': [{ aud: 'urn:somebody:else' }],
  'without audience': [{ aud: undefined }],
  'without subject': [{ sub: undefined }],
  'without client': [{ client_id: undefined }],
  'without end': [{ exp: undefined }],
  'of the issuer with a slash': [{ iss: `${steady.issuer}/` }],
  'that is an id token': [{}, { typ: 'JWT' }],
  'without kid among several keys': [{}, { kid: undefined }],
  'with crit': [{}, { crit: ['b64'], b64: true }],
  'that brings its key': [{}, { jwk: steadyKey.jwk }],
  'that names an address of keys': [{}, { jku: `${address}/stranger/jwks` }],
}
for (const [what, [claims, header]] of Object.entries(BAD)) {
  await scenario(`a token ${what} is refused`, async () => {
    if (what.includes('several')) {
      const several = new Issuer('several')
      const key = await several.key('one')
      await several.key('two')
      await opens(await several.token(key))
      return opensNothing(await several.token(key, claims, header))
    }
    await opensNothing(await steady.token(steadyKey, claims, header))
  })
}

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')

await scenario('a token without a signature is refused', async () => {
  const [, payload] = (await steady.token(steadyKey)).split('.')
  await opensNothing(`${part({ alg: 'none', typ: 'at+jwt' })}.${payload}.`)
})

await scenario('a mac under the public key is refused', async () => {
  const [, payload] = (await steady.token(steadyKey)).split('.')
  const pem = await jose.exportSPKI(await jose.importJWK(JSON.parse(publicJwk), 'ES256'))
  for (const secret of [pem, publicJwk, steadyKey.jwk.x]) {
    const claims = JSON.parse(Buffer.from(payload, 'base64url'))
    const header = { alg: 'HS256', typ: 'at+jwt', kid: 'one' }
    await opensNothing(await new jose.SignJWT(claims).setProtectedHeader(header).sign(new TextEncoder().encode(secret)))
  }
})

await scenario('a token with a claim twice is refused', async () => {
  const good = await steady.token(steadyKey)
  const payload = Buffer.from(good.split('.')[1], 'base64url').toString().replace('{', '{"sub":"somebody else",')
  const header = { alg: 'ES256', typ: 'at+jwt', kid: 'one' }
  const signed = new jose.CompactSign(new TextEncoder().encode(payload)).setProtectedHeader(header)
  await opensNothing(await signed.sign(steadyKey.privateKey))
})

await scenario('every changed part of a token is refused', async () => {
  const parts = (await steady.token(steadyKey)).split('.')
  for (const place of [0, 1, 2]) {
    const changed = [...parts]
    const middle = Math.floor(changed[place].length / 2)
    const letter = changed[place][middle] === 'A' ? 'B' : 'A'
    changed[place] = changed[place].slice(0, middle) + letter + changed[place].slice(middle + 1)
    await opensNothing(changed.join('.'))
  }
  await opensNothing(parts.slice(0, 2).join('.'))
  await opensNothing([...parts, parts[2]].join('.'))
})

end()
