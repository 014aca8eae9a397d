// How people get their accounts: by the page of sign-up and a code, or by a link that an operator was given.
// The other scripts log in as them.
import assert from 'node:assert/strict'
import { Browser } from './lib/browser.mjs'
import { asked, configured, pool } from './lib/login.mjs'
import { end, scenario, world } from './lib/scenario.mjs'

/** The newest message to an address, once it is there. */
async function messageTo(email) {
  const deadline = Date.now() + 10_000
  while (Date.now() < deadline) {
    const response = await fetch(`${world.origin}/dev/messages.json?to=${encodeURIComponent(email)}`)
    assert.equal(response.status, 200)
    const { messages } = await response.json()
    if (messages.length > 0) return messages[0]
    await new Promise((resolve) => { setTimeout(resolve, 100) })
  }
  throw new Error(`no message to ${email} within 10 s`)
}

for (const [slug, { people }] of Object.entries(world.pools)) {
  for (const [name, person] of Object.entries(people)) {
    if (person.signs_up) {
      await scenario(`${name} signs up on the page and confirms by the code`, async () => {
        const web = await configured('web')
        const browser = new Browser()
        const { url } = await asked(web, 'web')
        const login = await browser.open(url.href)
        const signUp = new URL(login.text.match(/href="([^"]*\/signup[^"]*)"/)[1].replaceAll('&amp;', '&').replaceAll('&#38;', '&'), login.url)
        let page = await browser.open(signUp.href)
        page = await browser.submit(page, { ...person, newPassword: person.password }, /create|sign ?up/i)
        assert.match(page.text, /one-time-code/, page.text)
        const code = JSON.stringify(await messageTo(person.email)).match(/(?<![\w-])\d{6}(?![\w-])/)[0]
        page = await browser.submit(page, { code }, /confirm/i)
        assert.ok(page.outside, `no answer to the application: ${page.status} ${page.url}`)
        assert.ok(new URL(page.outside).searchParams.get('code'), page.outside)
      })
    } else {
      await scenario(`${name} of ${slug} chooses a password by the link`, async () => {
        const browser = new Browser()
        const page = await browser.open(person.link)
        const after = await browser.submit(page, { newPassword: person.password }, /save|choose|enregistrer/i)
        assert.ok(after.status < 400, `${after.status} ${after.url}\n${after.text}`)
        // Used up: a second use changes nothing.
        const again = await new Browser().open(person.link)
        assert.ok(!/new-password/.test(again.text), 'the link works twice')
      })
    }
  }
}

end()
