// A browser without a window: cookies, redirects, and the first form of a page, filled in by what its
// controls say they are. Each has an address of its own on the loopback, as each person has.
import { request } from 'node:http'
import { load } from 'cheerio'
import { world } from './scenario.mjs'

let people = process.pid % 200
function nextAddress() {
  people += 1
  return `127.${10 + (people % 200)}.${process.pid % 250}.${1 + (Math.floor(people / 200) % 250)}`
}

/** What a person types, by what a control says it is for. */
const TYPED = [
  ['email', (control) => control.type === 'email' || /\b(username|email)\b/.test(control.autocomplete)],
  ['code', (control) => /one-time-code/.test(control.autocomplete)],
  ['newPassword', (control) => /new-password/.test(control.autocomplete)],
  ['password', (control) => control.type === 'password'],
  ['givenName', (control) => /given-name/.test(control.autocomplete)],
  ['familyName', (control) => /family-name/.test(control.autocomplete)],
]

export class Browser {
  cookies = new Map()
  address = nextAddress()
  headers = { accept: 'text/html', 'accept-language': 'en', 'user-agent': 'Assurly tests' }

  /** One exchange: a page, or where it leads. */
  async ask(method, url, form, headers = {}) {
    const target = new URL(url)
    const body = form && new URLSearchParams(form).toString()
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const options = {
      method,
      localAddress: this.address,
      headers: {
        ...this.headers,
        ...(cookie && { cookie }),
        ...(body !== undefined && {
          'content-type': 'application/x-www-form-urlencoded', origin: target.origin, 'sec-fetch-site': 'same-origin',
        }),
        ...headers,
      },
    }
    const response = await new Promise((resolve, reject) => {
      request(target, options, resolve).on('error', reject).end(body)
    })
    let text = ''
    response.setEncoding('utf8')
    for await (const part of response) text += part
    for (const line of response.headers['set-cookie'] ?? []) this.keep(line)
    const { location } = response.headers
    const leadsTo = location && new URL(location, target).href
    return { status: response.statusCode, headers: response.headers, url: target.href, text, leadsTo }
  }

  keep(line) {
    const [pair, ...attributes] = line.split(';')
    const at = pair.indexOf('=')
    const [name, value] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()]
    const isOver = attributes.some((attribute) => /^\s*max-age\s*=\s*(0|-\d+)\s*$/i.test(attribute))
    if (isOver) this.cookies.delete(name)
    else this.cookies.set(name, value)
  }

  /** Follows redirects within the server: the page they end at, or the address outside that they lead to. */
  async open(url, form) {
    let page = await this.ask(form ? 'POST' : 'GET', url, form)
    for (let hops = 0; page.leadsTo; hops += 1) {
      if (new URL(page.leadsTo).origin !== world.origin) return { ...page, outside: page.leadsTo }
      if (hops > 10) throw new Error(`too many redirects, the last one to ${page.leadsTo}`)
      page = await this.ask('GET', page.leadsTo)
    }
    return page
  }

  /** Sends the form that asks for something we know; `button` chooses among several that submit it. */
  async submit(page, person, button) {
    const { $, forms } = formsOf(page)
    const able = forms.map((form) => ({ form, filled: fill(form, person, button) })).filter(({ filled }) => filled)
    const [best] = able.sort((one, other) => other.filled.known - one.filled.known)
    // A page that only tells leads on by a link that looks like a button.
    const onward = $('a.bouton').first().attr('href')
    if (!best && onward) return this.open(new URL(onward, page.url).href)
    if (!best) throw new Error(`no form to fill in at ${page.url} (${page.status}):\n${brief($)}`)
    const action = new URL(best.form.action || page.url, page.url)
    if (best.form.method !== 'GET') return this.open(action.href, best.filled.data)
    action.search = new URLSearchParams(best.filled.data)
    return this.open(action.href)
  }

  /**
   * From an authorization request to the address outside that the answer goes to. The person logs in, gives
   * the second factor (`totp()`), and consents unless `refuses` is set.
   */
  async authorize(url, person = {}) {
    let page = await this.open(url)
    for (let steps = 0; !page.outside; steps += 1) {
      if (page.status >= 400 || steps > 6) throw Object.assign(new Error(`no way on at ${page.url}: ${page.status}\n${brief(load(page.text))}`), { page })
      const code = /one-time-code/.test(page.text) && person.totp ? await person.totp() : undefined
      const consents = person.refuses ? /deny|refuse|cancel|no\b|non\b/i : /allow|accept|approve|continue|yes|oui|agree/i
      page = await this.submit(page, { ...person, code }, consents)
    }
    return new URL(page.outside)
  }
}

/** The forms of a page, each with its controls. */
function formsOf(page) {
  const $ = load(page.text)
  const forms = $('form').toArray().map((form) => ({
    action: $(form).attr('action'),
    method: ($(form).attr('method') ?? 'get').toUpperCase(),
    controls: [...$(form).find('input, button, select').toArray(), ...controlsOutside($, form)].map((control) => ({
      name: $(control).attr('name'),
      value: $(control).val() ?? '',
      type: ($(control).attr('type') ?? (control.tagName === 'button' ? 'submit' : 'text')).toLowerCase(),
      autocomplete: $(control).attr('autocomplete') ?? '',
      required: $(control).attr('required') !== undefined,
      checked: $(control).attr('checked') !== undefined,
      text: `${$(control).text()} ${$(control).attr('value') ?? ''}`.trim(),
      formaction: $(control).attr('formaction'),
    })),
  }))
  return { $, forms }
}

/** Controls that belong to a form by its name. */
function controlsOutside($, form) {
  const { id } = form.attribs
  return id ? $(`input[form="${id}"], button[form="${id}"]`).toArray() : []
}

/** The data of a form, and how many of its questions we could answer; nothing when one is left open. */
function fill(form, person, button) {
  const data = []
  let known = 0
  for (const control of form.controls) {
    if (!control.name || ['submit', 'button', 'image', 'reset'].includes(control.type)) continue
    if (control.type === 'hidden') data.push([control.name, control.value])
    else if (control.type === 'checkbox' || control.type === 'radio') {
      if (control.checked || control.required) data.push([control.name, control.value || 'on'])
    } else {
      const [key] = TYPED.find(([, fits]) => fits(control)) ?? []
      const typed = key && person[key]
      if (typed !== undefined) known += 1
      else if (control.required && control.value === '') return undefined
      data.push([control.name, typed ?? control.value])
    }
  }
  const buttons = form.controls.filter((control) => control.type === 'submit')
  const pressed = buttons.find((control) => button.test(control.text)) ?? buttons[0]
  if (!pressed) return undefined
  // A form without a question is a choice between buttons, or something that every page has.
  if (known === 0) known = button.test(pressed.text) ? 0.5 : 0.1
  if (pressed.formaction) form.action = pressed.formaction
  if (pressed.name) data.push([pressed.name, pressed.value])
  return { data, known }
}

function brief($) {
  $('script, style').remove()
  return $('body').text().replace(/\s+/g, ' ').trim().slice(0, 600)
}
